/** The commands: parse, call a few named steps, print a receipt. */
package coterie.jobs.command;
