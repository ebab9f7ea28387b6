/** Comparisons of loads: how far days, data sets and workloads are from each other. */
package coterie.analytics.compare;
