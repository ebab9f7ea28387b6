/** What plans are worth on requests that they were not made from. */
package coterie.jobs.simulate;
