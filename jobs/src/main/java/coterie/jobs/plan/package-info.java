/** Plans: made by distributed tasks, stored in tables. */
package coterie.jobs.plan;
