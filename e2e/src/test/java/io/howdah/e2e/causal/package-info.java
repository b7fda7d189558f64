/** Whether reads see the commits that they must: a checker of histories under delayed replay. */
package io.howdah.e2e.causal;
