/** Whether there is anything to gain from placing experts, and what cannot be gained. */
package coterie.jobs.headroom;
