package coterie.jobs;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.Serializable;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** The folder rules of the project; the list of folders is the pipeline. */
@AnalyzeClasses(packages = "coterie", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  private static final String[] DECIDING = {
    "coterie.planner.objective..",
    "coterie.planner.bound..",
    "coterie.planner.search..",
    "coterie.planner.algorithm..",
    "coterie.planner.align.."
  };

  @ArchTest
  static final ArchRule plannerUsesJavaAndItselfOnly =
      classes()
          .that()
          .resideInAPackage("coterie.planner..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("coterie.planner..", "java.lang..", "java.util..")
                  .or(equivalentTo(Serializable.class)));

  @ArchTest
  static final ArchRule plannerHasNoClockAndNoSharedRandomness =
      noClasses()
          .that()
          .resideInAPackage("coterie.planner..")
          .should()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .dependOnClassesThat(
              equivalentTo(Random.class)
                  .or(equivalentTo(ThreadLocalRandom.class))
                  .or(resideInAPackage("java.util.concurrent..")));

  @ArchTest
  static final ArchRule judgingDoesNotSeeDeciding =
      noClasses()
          .that()
          .resideInAPackage("coterie.planner.replay..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DECIDING);

  @ArchTest
  static final ArchRule decidingDoesNotSeeJudging =
      noClasses()
          .that()
          .resideInAnyPackage(DECIDING)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("coterie.planner.replay..");

  @ArchTest
  static final ArchRule whatBothStandOnSeesNeither =
      noClasses()
          .that()
          .resideInAnyPackage(
              "coterie.planner.model..", "coterie.planner.routing..", "coterie.planner.profile..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(DECIDING).or(resideInAPackage("coterie.planner.replay..")));

  @ArchTest
  static final ArchRule ingestStandsAlone =
      noClasses()
          .that()
          .resideInAPackage("coterie.ingest..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("coterie.planner..", "coterie.analytics..", "coterie.jobs..");

  @ArchTest
  static final ArchRule analyticsSeesTablesOnly =
      classes()
          .that()
          .resideInAPackage("coterie.analytics..")
          .should()
          .onlyDependOnClassesThat(
              not(resideInAPackage("coterie.."))
                  .or(resideInAnyPackage("coterie.analytics..", "coterie.ingest.table..")));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("coterie.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule sessionsAreBuiltInOnePlace =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("coterie.jobs.lake.SparkSessions")
          .should()
          .callMethod(SparkSession.class, "builder");

  /** On a record it gives an empty schema without an error. */
  @ArchTest
  static final ArchRule noBeanEncoders =
      noClasses().should().callMethod(Encoders.class, "bean", Class.class);

  @ArchTest
  static final ArchRule onlyCommandsWriteToTheConsole =
      noClasses()
          .that()
          .resideOutsideOfPackage("coterie.jobs.command..")
          .and()
          .doNotHaveFullyQualifiedName("coterie.jobs.Main")
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err");
}
