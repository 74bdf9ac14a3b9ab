package dev.millrace.pipelines.spark;

import dev.millrace.pipelines.core.Standing;
import dev.millrace.pipelines.core.Write;
import dev.millrace.pipelines.core.WriteReport;
import dev.millrace.pipelines.runs.Account;
import dev.millrace.pipelines.runs.Kept;
import dev.millrace.pipelines.runs.PlanIdentity;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes to a sink that holds the rows of one run, and that run's account. */
final class WholeSinkRun implements SinkRun {
  private final Target target;
  private final Versions versions;

  WholeSinkRun(Target target, Versions versions) {
    this.target = target;
    this.versions = versions;
  }

  /** Where the rows go. Its text says where that is, and how they lie there. */
  interface Target {
    /** What the last run left, or where the target tells plans apart, the last of that plan. */
    Optional<Kept> kept(PlanIdentity identity);

    /** Puts rows in place of those, all at once. */
    Kept replace(Dataset<Row> rows, Account account);
  }

  @Override
  public Standing standing(Write write) {
    PlanIdentity identity = identity(write);
    return Kept.standing(target.kept(identity), identity);
  }

  private PlanIdentity identity(Write write) {
    return PlanIdentity.of(write.input(), target.toString(), versions);
  }

  @Override
  public WriteReport run(Write write, Compilation compilation) {
    PlanIdentity identity = identity(write);
    Optional<Kept> before = target.kept(identity);
    List<Account.Part> parts = List.of(Account.Part.of(Optional.empty(), identity));
    boolean current = Kept.standing(before, identity) == Standing.CURRENT;
    boolean done = current && versions.isAsideCurrent(write.input(), parts);
    if (done && !compilation.goesByTheClock(write.input())) {
      return report(write, before.orElseThrow(), true);
    }
    if (!done) {
      versions.requireNoStreamAside(write.input());
    }
    Dataset<Row> rows = compilation.compile(write.input(), identity.digest());
    Account account = new Account(parts, compilation.expectations(), versions.read());
    Kept kept = current ? before.orElseThrow() : target.replace(rows, account);
    if (!done) {
      compilation.setAside(account);
    }
    return report(write, kept, current);
  }

  private static WriteReport report(Write write, Kept kept, boolean unchanged) {
    return new WriteReport(
        write.sink().toString(),
        kept.version(),
        kept.rows(),
        unchanged,
        kept.account().expectations(),
        kept.account().versions());
  }
}
