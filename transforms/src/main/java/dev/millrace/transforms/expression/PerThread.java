package dev.millrace.transforms.expression;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.apache.spark.sql.catalyst.expressions.Expression;

/**
 * Something made of expressions, one for each thread. Catalyst's expressions hold state while they
 * are evaluated (a lambda's variable, a parsed pattern), and generated code refers to them: each
 * thread has copies of its own, made as Spark makes a task's.
 */
final class PerThread<EvaluatorT> {
  private final byte[] serialized;
  private final ThreadLocal<EvaluatorT> evaluator;

  PerThread(List<Expression> expressions, Function<List<Expression>, EvaluatorT> build) {
    this.serialized = serialize(expressions);
    this.evaluator =
        ThreadLocal.withInitial(() -> PinnedSettings.under(() -> build.apply(copies())));
  }

  EvaluatorT mine() {
    return evaluator.get();
  }

  /** The expressions, shared with no one. */
  @SuppressWarnings("unchecked")
  List<Expression> copies() {
    try (ObjectInputStream in = new Loaded(new ByteArrayInputStream(serialized))) {
      return (List<Expression>) in.readObject();
    } catch (IOException | ClassNotFoundException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] serialize(List<Expression> expressions) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new ArrayList<>(expressions));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return bytes.toByteArray();
  }

  /** Finds classes where Catalyst is, whichever loader is the first on the stack. */
  private static final class Loaded extends ObjectInputStream {
    Loaded(ByteArrayInputStream bytes) throws IOException {
      super(bytes);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass wanted)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(wanted.getName(), false, Expression.class.getClassLoader());
      } catch (ClassNotFoundException primitiveOrForeign) {
        return super.resolveClass(wanted);
      }
    }
  }
}
