package dev.millrace.pipelines.beam;

import dev.millrace.pipelines.core.WriteReport.ExpectationResult;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.PlanIdentity;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.View;
import org.apache.beam.sdk.values.PCollectionView;

/** A run's account, which workers complete by what was found of its rows. */
final class RunAccount implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String begun;
  private final String plan;
  private final ArrayList<Verdict> verdicts = new ArrayList<>();
  private final ArrayList<PCollectionView<byte[]>> found = new ArrayList<>();
  private final ArrayList<PCollectionView<?>> awaited = new ArrayList<>();

  /**
   * Of a run.
   *
   * @param read the version of each location, by its text
   */
  RunAccount(PlanIdentity identity, Map<String, String> read, List<Judged> judgements) {
    Account.Part part = Account.Part.of(Optional.empty(), identity);
    this.plan = identity.plan();
    this.begun = new Account(List.of(part), List.of(), read).toJson();
    for (Judged judged : judgements) {
      PCollectionView<byte[]> findings =
          judged.found().apply("Told " + found.size(), View.asSingleton());
      verdicts.add(judged.verdict());
      found.add(findings);
      awaited.add(findings);
      awaited.add(judged.passed());
    }
  }

  /** Says which plan it was. */
  String plan() {
    return plan;
  }

  /** What a step looks at that publishes: nothing of it runs before all verdicts are good. */
  List<PCollectionView<?>> awaited() {
    return awaited;
  }

  /** The whole account, for a step that awaits the verdicts. */
  Account complete(DoFn<?, ?>.ProcessContext context) {
    List<ExpectationResult> results = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      results.addAll(verdicts.get(i).findings(context.sideInput(found.get(i))).results());
    }
    Account account = brief();
    return new Account(account.parts(), results, account.versions());
  }

  /** The account without what was found. */
  Account brief() {
    return Objects.requireNonNull(Account.parse(begun));
  }
}
