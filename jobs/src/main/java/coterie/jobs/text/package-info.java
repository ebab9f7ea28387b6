/** What people see in a terminal. */
package coterie.jobs.text;
