package io.howdah.backend.transport;

import io.howdah.wire.MalformedMessage;
import io.howdah.wire.Protocol;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * Cuts a stream into whole messages by copying what is incomplete. For logins and small answers;
 * the way of queries has a frame walker that copies nothing.
 */
public final class MessageReader {
  private final int maxBytes;
  private ByteBuf pending;
  private byte type;
  private ByteBuf body;

  /**
   * @param maxBytes the longest body that is taken
   */
  public MessageReader(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Takes over {@code data}. */
  public void add(ByteBufAllocator allocator, ByteBuf data) {
    if (pending == null) {
      pending = data;
      return;
    }
    try {
      ByteBuf joined = allocator.buffer(pending.readableBytes() + data.readableBytes());
      joined.writeBytes(pending).writeBytes(data);
      pending.release();
      pending = joined;
    } finally {
      data.release();
    }
  }

  /**
   * Steps to the next message if it is whole. Holds no memory once all is read.
   *
   * @throws MalformedMessage when its length lies or is above the bound
   */
  public boolean next() {
    body = null;
    if (pending != null && !pending.isReadable()) {
      pending.release();
      pending = null;
    }
    if (pending == null || pending.readableBytes() < Protocol.HEADER_BYTES) {
      return false;
    }
    int start = pending.readerIndex();
    int length = pending.getInt(start + 1) - 4;
    if (length < 0 || length > maxBytes) {
      throw new MalformedMessage(
          "a message of type "
              + printable(pending.getByte(start))
              + " is "
              + length
              + " bytes long");
    }
    if (pending.readableBytes() < Protocol.HEADER_BYTES + length) {
      return false;
    }
    type = pending.readByte();
    pending.skipBytes(4);
    body = pending.readSlice(length);
    return true;
  }

  public byte type() {
    return type;
  }

  /** The current message's body; valid until any other call. */
  public ByteBuf body() {
    return body;
  }

  /** Hands over what was not read, or null. */
  public ByteBuf takeRest() {
    ByteBuf rest = pending;
    pending = null;
    body = null;
    if (rest != null && !rest.isReadable()) {
      rest.release();
      return null;
    }
    return rest;
  }

  public void release() {
    ByteBuf rest = takeRest();
    if (rest != null) {
      rest.release();
    }
  }

  public static String printable(byte type) {
    return type > ' ' && type < 0x7F
        ? "'" + (char) type + "'"
        : String.format("0x%02X", type & 0xFF);
  }
}
