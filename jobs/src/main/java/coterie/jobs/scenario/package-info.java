/** The standard scenarios on which every claim about plans is judged. */
package coterie.jobs.scenario;
