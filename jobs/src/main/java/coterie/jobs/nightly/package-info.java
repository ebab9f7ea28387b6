/** A night: all stages for a day of traces, published at the end or not at all. */
package coterie.jobs.nightly;
