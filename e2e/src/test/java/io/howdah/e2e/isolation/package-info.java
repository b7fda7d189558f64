/** What one session leaves on a server connection, and that no other session ever sees it. */
package io.howdah.e2e.isolation;
