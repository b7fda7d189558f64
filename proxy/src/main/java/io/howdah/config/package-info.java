/**
 * The data plane's configuration as typed records that check everything at once and never clamp a
 * value. They parse nothing: the application turns its sources into these records.
 */
package io.howdah.config;
