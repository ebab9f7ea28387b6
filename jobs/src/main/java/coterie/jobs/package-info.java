/** Commands, Spark wiring, distributed planning and simulation, exports. */
package coterie.jobs;
