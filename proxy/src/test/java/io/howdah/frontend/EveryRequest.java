package io.howdah.frontend;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What clients may ask for, by name. */
final class EveryRequest {
  static final String READ = "SELECT 1";
  static final String WRITE = "INSERT INTO t VALUES (1)";

  private EveryRequest() {}

  /** Each kind of message that can be a request's first, and what may come before its last. */
  static Map<String, List<ByteBuf>> requests() {
    Map<String, List<ByteBuf>> all = new LinkedHashMap<>();
    for (String sql : List.of(READ, WRITE)) {
      String kind = sql.substring(0, 6);
      all.put(kind, List.of(query(sql)));
      all.put(kind + ": Parse, Sync", List.of(parse(sql), sync()));
      all.put(kind + ": Parse, Describe, Sync", List.of(parse(sql), describe(), sync()));
      all.put(kind + ": Parse, Flush", List.of(parse(sql), flush()));
      all.put(kind + ": Parse, Describe, Flush", List.of(parse(sql), describe(), flush()));
      all.put(kind + ": all", List.of(parse(sql), bind(""), describe(), execute(), sync()));
      all.put(kind + ": named", List.of(bind(kind), execute(), sync()));
      all.put(kind + ": named, Flush", List.of(bind(kind), execute(), flush()));
      all.put(kind + ": Describe, Sync", List.of(message('D', "S" + kind + "\0"), sync()));
      all.put(kind + ": Close, Sync", List.of(message('C', "S" + kind + "\0"), sync()));
      all.put(kind + ": in SQL", List.of(query("EXECUTE " + kind)));
    }
    all.put("Execute", List.of(execute(), sync()));
    all.put("FunctionCall", List.of(message('F', "\0\0\u0006>\0\0\0\0\0\0")));
    all.put("Sync", List.of(sync()));
    for (String sql :
        List.of(
            "COPY t FROM STDIN",
            "COPY t TO STDOUT",
            "LISTEN a",
            "UNLISTEN *",
            "NOTIFY a",
            "BEGIN",
            "BEGIN READ ONLY",
            "COMMIT",
            "PREPARE p AS SELECT 1",
            "DEALLOCATE ALL",
            "DISCARD ALL",
            "SET work_mem = '7MB'",
            "SHOW work_mem",
            "SHOW howdah.lsn",
            "SELECT 1; INSERT INTO t VALUES (1)",
            "CREATE TABLE u ()",
            "gibberish",
            "")) {
      all.put(sql.isEmpty() ? "nothing" : sql, List.of(query(sql)));
    }
    return all;
  }

  static ByteBuf message(char type, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return Unpooled.buffer().writeByte(type).writeInt(4 + bytes.length).writeBytes(bytes);
  }

  static ByteBuf query(String sql) {
    return message('Q', sql + "\0");
  }

  static ByteBuf parse(String sql) {
    return parse("", sql);
  }

  static ByteBuf parse(String name, String sql) {
    return message('P', name + "\0" + sql + "\0\0\0");
  }

  static ByteBuf describe() {
    return message('D', "S\0");
  }

  static ByteBuf bind(String name) {
    return message('B', "\0" + name + "\0\0\0\0\0\0\0");
  }

  static ByteBuf execute() {
    return message('E', "\0\0\0\0\0");
  }

  static ByteBuf sync() {
    return message('S', "");
  }

  static ByteBuf flush() {
    return message('H', "");
  }
}
