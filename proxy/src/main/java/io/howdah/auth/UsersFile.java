package io.howdah.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads users from a file in the format of PgBouncer's {@code userlist.txt}: lines of {@code "user"
 * "secret"}, a quote within doubled, the rest of a line ignored; empty lines and lines that begin
 * with {@code ;} or {@code #} are comments. The secret is a SCRAM verifier, an {@code md5…} hash, a
 * plain password, or empty. The text is UTF-8.
 */
public final class UsersFile {
  /** Larger files are refused. */
  public static final int MAX_BYTES = 16 << 20;

  /** PostgreSQL's limit on names, {@code NAMEDATALEN - 1}, doubled for builds that raise it. */
  private static final int MAX_NAME_BYTES = 127;

  private final Map<String, Credential> credentials = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private int number;

  private UsersFile() {}

  /**
   * Reads a file. Blocks: not for an event loop.
   *
   * @throws IOException when it can't be read
   * @throws InvalidUsersFile with every fault in it
   */
  public static Users load(Path file) throws IOException, InvalidUsersFile {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new InvalidUsersFile(
          file.toString(), List.of("larger than " + (MAX_BYTES >> 20) + " MiB"));
    }
    return parse(bytes, file.toString(), warnings(file));
  }

  static Users parse(byte[] bytes, String name, List<String> warnings) throws InvalidUsersFile {
    UsersFile reader = new UsersFile();
    for (int from = 0; from < bytes.length; ) {
      int to = from;
      while (to < bytes.length && bytes[to] != '\n') {
        to++;
      }
      reader.number++;
      try {
        reader.line(text(bytes, from, to));
      } catch (IllegalArgumentException e) {
        reader.faults.add("line " + reader.number + ": " + e.getMessage());
      }
      from = to + 1;
    }
    if (!reader.faults.isEmpty()) {
      throw new InvalidUsersFile(name, reader.faults);
    }
    return new Users(reader.credentials, warnings);
  }

  private static String text(byte[] bytes, int from, int to) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("is not UTF-8", e);
    }
  }

  private void line(String line) {
    String text = line.strip();
    if (text.isEmpty() || text.startsWith(";") || text.startsWith("#")) {
      return;
    }
    StringBuilder name = new StringBuilder();
    StringBuilder secret = new StringBuilder();
    int at = quoted(text, 0, name, "the user name");
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    quoted(text, at, secret, "the secret");
    String user = checkedName(name.toString());
    Integer before = lines.get(user);
    if (before != null) {
      throw new IllegalArgumentException("repeats user \"" + user + "\" of line " + before);
    }
    lines.put(user, number);
    credentials.put(user, credential(secret.toString()));
  }

  private static int quoted(String text, int start, StringBuilder into, String what) {
    if (start >= text.length() || text.charAt(start) != '"') {
      throw new IllegalArgumentException(
          what + " is missing or has no quotes; a line is \"user\" \"secret\"");
    }
    for (int at = start + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c != '"') {
        into.append(c);
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
        into.append('"');
        at++;
      } else {
        return at + 1;
      }
    }
    throw new IllegalArgumentException(what + "'s closing quote is missing");
  }

  private static String checkedName(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("the user name is empty");
    }
    if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
      throw new IllegalArgumentException("the user name is longer than " + MAX_NAME_BYTES);
    }
    if (name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the user name has a zero byte");
    }
    return name;
  }

  private static Credential credential(String secret) {
    if (secret.isEmpty()) {
      return new Credential.NoSecret();
    }
    if (secret.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the secret has a zero byte");
    }
    if (ScramVerifier.looksLikeOne(secret)) {
      return new Credential.Verifier(ScramVerifier.parse(secret));
    }
    return Md5Password.isHash(secret)
        ? new Credential.Md5(secret)
        : new Credential.PlainPassword(secret);
  }

  private static List<String> warnings(Path file) throws IOException {
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class, new LinkOption[0]);
    if (view == null) {
      return List.of();
    }
    return view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)
        ? List.of("users file " + file + " is readable by every user of this machine; chmod 600")
        : List.of();
  }
}
