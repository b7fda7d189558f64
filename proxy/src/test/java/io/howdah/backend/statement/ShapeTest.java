package io.howdah.backend.statement;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.wire.BackendType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ShapeTest {
  private final Shape shape = new Shape(7);

  private static ByteBuf parameters(int... types) {
    ByteBuf out = Unpooled.buffer().writeShort(types.length);
    for (int each : types) {
      out.writeInt(each);
    }
    return out;
  }

  /** One column. */
  private static ByteBuf row(String name, int table, int type, int modifier, int format) {
    return Unpooled.buffer()
        .writeShort(1)
        .writeBytes(name.getBytes(StandardCharsets.UTF_8))
        .writeByte(0)
        .writeInt(table)
        .writeShort(1)
        .writeInt(type)
        .writeShort(8)
        .writeInt(modifier)
        .writeShort(format);
  }

  private boolean admits(byte type, ByteBuf body) {
    return shape.admits(type, body, body.readerIndex(), body.readableBytes());
  }

  @Test
  void theFirstToTellIsBelieved() {
    assertThat(shape.knowsRows()).isFalse();
    assertThat(shape.parameters()).isNull();
    assertThat(admits(BackendType.PARAMETER_DESCRIPTION, parameters(20, 25))).isTrue();
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("v", 5, 20, -1, 0))).isTrue();
    assertThat(shape.hasRows()).isTrue();
    assertThat(shape.hasParameters()).isTrue();
    assertThat(shape.parameters()).isEqualTo(bytes());
  }

  private static byte[] bytes() {
    byte[] all = new byte[10];
    parameters(20, 25).readBytes(all);
    return all;
  }

  @Test
  void otherParametersAreNoticed() {
    admits(BackendType.PARAMETER_DESCRIPTION, parameters(20));
    assertThat(admits(BackendType.PARAMETER_DESCRIPTION, parameters(20))).isTrue();
    assertThat(admits(BackendType.PARAMETER_DESCRIPTION, parameters(701))).isFalse();
    assertThat(admits(BackendType.PARAMETER_DESCRIPTION, parameters(20, 20))).isFalse();
  }

  /** As PostgreSQL compares them: not by the table that they come from, nor by formats. */
  @Test
  void rowsAreComparedByNameTypeAndModifier() {
    admits(BackendType.ROW_DESCRIPTION, row("v", 5, 20, -1, 0));
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("v", 6, 20, -1, 1))).isTrue();
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("w", 5, 20, -1, 0))).isFalse();
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("v", 5, 701, -1, 0))).isFalse();
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("v", 5, 20, 7, 0))).isFalse();
    assertThat(admits(BackendType.NO_DATA, Unpooled.EMPTY_BUFFER)).isFalse();
  }

  @Test
  void namesInOtherEncodingsAreNotCompared() {
    admits(BackendType.ROW_DESCRIPTION, row("größe", 5, 20, -1, 0));
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("gräße", 5, 20, -1, 0))).isTrue();
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("größe", 5, 25, -1, 0))).isFalse();
  }

  @Test
  void noRowsAreKnownToBeNone() {
    admits(BackendType.NO_DATA, Unpooled.EMPTY_BUFFER);
    assertThat(shape.knowsRows()).isTrue();
    assertThat(shape.hasRows()).isFalse();
    assertThat(admits(BackendType.ROW_DESCRIPTION, row("v", 5, 20, -1, 0))).isFalse();
  }
}
