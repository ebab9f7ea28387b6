/** Tables to statistics. */
package coterie.analytics;
