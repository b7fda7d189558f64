/**
 * Authentication as pure exchanges (a message in, a message out): SCRAM-SHA-256 from either side,
 * MD5, cleartext; and the users file that says who may enter. No I/O but reading that file.
 */
package io.howdah.auth;
