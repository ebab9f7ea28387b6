/** Speed of the planner's inner loops: {@code mvn -Pjmh}, see jobs/docs/speed.md. */
package coterie.planner.bench;
