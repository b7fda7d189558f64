package io.howdah.lab;

/** How a role proves itself to the lab's servers: the last column of its line in pg_hba.conf. */
public enum AuthMethod {
  /** SCRAM-SHA-256 exchange, password stored as a SCRAM verifier. */
  SCRAM_SHA_256("scram-sha-256", "scram-sha-256"),
  /** MD5 challenge, password stored as an MD5 hash. */
  MD5("md5", "md5"),
  /** Password sent as clear text, stored as a SCRAM verifier. */
  PASSWORD("password", "scram-sha-256"),
  /** No password asked. */
  TRUST("trust", "scram-sha-256");

  private final String hba;
  private final String encryption;

  AuthMethod(String hba, String encryption) {
    this.hba = hba;
    this.encryption = encryption;
  }

  String hba() {
    return hba;
  }

  /** The value of password_encryption with which such a role's password is to be stored. */
  String encryption() {
    return encryption;
  }
}
