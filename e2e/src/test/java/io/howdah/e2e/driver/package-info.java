/** Real drivers and programs, as their users have them. */
package io.howdah.e2e.driver;
