/** Benchmarks that users can run: each speed is a ratio to something else measured in between. */
package coterie.jobs.bench;
