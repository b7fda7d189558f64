/** Cancel requests: the right query and no other, however many come. */
package io.howdah.e2e.cancel;
