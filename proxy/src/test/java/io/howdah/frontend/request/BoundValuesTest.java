package io.howdah.frontend.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backend.statement.Statement;
import io.howdah.route.classify.Classifier;
import io.howdah.route.fact.Facts;
import io.howdah.route.fact.Reason;
import io.howdah.route.fact.SessionEffect.SetParameterText;
import io.howdah.route.fact.SessionEffect.UnknownSetting;
import io.howdah.route.function.BuiltinFunctions;
import io.howdah.route.lexer.Hint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class BoundValuesTest {
  private static final String TEXT = "SELECT set_config($1, $2, $3)";
  private static final int TEXT_TYPE = 25;
  private static final int INT_TYPE = 23;

  private static Statement statement(int... types) {
    byte[] text = TEXT.getBytes(StandardCharsets.US_ASCII);
    ByteBuf body = Unpooled.buffer();
    body.writeBytes(text).writeByte(0).writeShort(types.length);
    for (int type : types) {
      body.writeInt(type);
    }
    byte[] bytes = new byte[body.readableBytes()];
    body.readBytes(bytes);
    Facts facts =
        new Classifier(BuiltinFunctions.INSTANCE, 1 << 20).classify(text, 0, text.length, true);
    return new Statement(bytes, facts, 0);
  }

  /** What is behind the names of a Bind; a value of null is NULL. */
  private static ByteBuf bind(int[] formats, Object... values) {
    ByteBuf out = Unpooled.buffer();
    out.writeShort(formats.length);
    for (int format : formats) {
      out.writeShort(format);
    }
    out.writeShort(values.length);
    for (Object value : values) {
      byte[] bytes =
          value instanceof String text
              ? text.getBytes(StandardCharsets.UTF_8)
              : value instanceof Boolean flag ? new byte[] {(byte) (flag ? 1 : 0)} : null;
      out.writeInt(bytes == null ? -1 : bytes.length);
      if (bytes != null) {
        out.writeBytes(bytes);
      }
    }
    return out;
  }

  private static Facts facts(Statement statement, ByteBuf bind) {
    return BoundValues.of(statement, bind, 0, bind.writerIndex()).facts();
  }

  private static void isSet(Facts facts) {
    assertThat(facts.effects()).containsExactly(new SetParameterText("app.tenant", "a"));
  }

  private static void isUnknown(Facts facts, String name) {
    assertThat(facts.effects()).containsExactly(new UnknownSetting("set_config", name));
  }

  @Test
  void theFormatsAreNoneOrOneForAllOrOneForEach() {
    isSet(facts(statement(), bind(new int[] {}, "App.tenant", "a", "off")));
    isSet(facts(statement(), bind(new int[] {0}, "app.tenant", "a", "F")));
    isSet(facts(statement(), bind(new int[] {1}, "app.tenant", "a", false)));
    isSet(facts(statement(), bind(new int[] {0, 1, 1}, "app.tenant", "a", false)));
    isSet(facts(statement(TEXT_TYPE), bind(new int[] {0, 0, 1}, "app.tenant", "a", false)));
  }

  @Test
  void whatCannotBeToldIsAskedForOrPins() {
    isUnknown(facts(statement(), bind(new int[] {}, "app.tenant", null, "f")), "app.tenant");
    isUnknown(facts(statement(), bind(new int[] {}, "app.tenant", "é", "f")), "app.tenant");
    isUnknown(facts(statement(), bind(new int[] {}, "app.tenant", "a", null)), "app.tenant");
    isUnknown(facts(statement(), bind(new int[] {}, "app.tenant", "a", "maybe")), "app.tenant");
    isUnknown(facts(statement(), bind(new int[] {}, "app.tenant", "a")), "app.tenant");
    isUnknown(facts(statement(), bind(new int[] {}, "ä.b", "a", "f")), null);
    isUnknown(facts(statement(), bind(new int[] {}, null, "a", "f")), null);
    isUnknown(facts(statement(INT_TYPE), bind(new int[] {}, "app.tenant", "a", "f")), null);
  }

  @Test
  void aBindThatIsNotThereYetIsAwaited() {
    Statement statement = statement();
    ByteBuf whole = bind(new int[] {0, 0, 0}, "app.tenant", "a", "f");
    int length = whole.writerIndex();
    for (int present = 0; present < length; present++) {
      BoundValues cut = BoundValues.of(statement, whole, 0, present);
      assertThat(cut.wantMore(present, length)).as("%d bytes", present).isTrue();
      assertThat(cut.facts()).isNull();
    }
    assertThat(BoundValues.of(statement, whole, 0, length).wantMore(length, length)).isFalse();
  }

  @Test
  void aMalformedBindIsLeftToTheServer() {
    ByteBuf tooMany = Unpooled.buffer().writeShort(0).writeShort(0xffff).writeInt(0x7fffffff);
    BoundValues cut = BoundValues.of(statement(), tooMany, 0, tooMany.writerIndex());
    assertThat(cut.wantMore(tooMany.writerIndex(), tooMany.writerIndex())).isFalse();
    assertThat(cut.facts()).isNull();
  }

  @Test
  void othersAreNotLookedAt() {
    Statement plain =
        new Statement(new byte[3], Facts.shared(Reason.SELECT_READ_ONLY, Hint.NONE), 0);
    assertThat(BoundValues.of(plain, Unpooled.EMPTY_BUFFER, 0, 0)).isNull();
  }
}
