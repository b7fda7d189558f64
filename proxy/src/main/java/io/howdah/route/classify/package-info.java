/**
 * From the tokens of a statement to its facts. One class a kind of statement or clause; {@link
 * io.howdah.route.classify.Classifier} is the way in. Floor 4 of routing.
 */
package io.howdah.route.classify;
