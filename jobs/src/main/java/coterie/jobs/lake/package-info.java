/** Sessions, tables, and what commands read from them. */
package coterie.jobs.lake;
