/**
 * The data plane's only assembly: {@code Proxy} builds listeners, loops, pools and sessions from a
 * validated configuration, reloads and drains them. Nothing depends on this package.
 */
package io.howdah;
