/**
 * Hundreds of clients that do everything the protocol allows, and break off anywhere, while
 * servers' processes are killed under them. Each client tags all it sends with its own identity and
 * knows what it must be answered: nobody may ever see what is another's, and nothing may be left
 * behind.
 *
 * <p>{@link io.howdah.e2e.chaos.SabotageTest} proves that this test can fail: it runs it against
 * copies of Howdah in which one check is switched off.
 */
package io.howdah.e2e.chaos;
