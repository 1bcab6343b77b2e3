package dev.metalog.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of ARCHITECTURE.md, and what the core is without. A failure here means that something is in the wrong room. */
@AnalyzeClasses(packages = "dev.metalog", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String SERVER = "dev.metalog.server.";
    private static final String[] CORE = {
        SERVER + "text..",
        SERVER + "authorship..",
        SERVER + "eventgraph..",
        SERVER + "blackboard..",
        SERVER + "identity..",
        SERVER + "membership..",
        SERVER + "peers..",
        SERVER + "presence..",
        SERVER + "quarantine..",
        SERVER + "reach..",
        SERVER + "sync..",
        SERVER + "workspace.."
    };
    private static final String[] SHELLS = {SERVER + "editor..", SERVER + "link..", SERVER + "store.."};

    @ArchTest
    static final ArchRule theCoreKnowsNoShell = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SHELLS);

    @ArchTest
    static final ArchRule shellsKnowNoCore = noClasses()
            .that()
            .resideInAnyPackage(SHELLS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CORE);

    @ArchTest
    static final ArchRule theEditorShellStandsAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "editor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER + "link..", SERVER + "store..");

    @ArchTest
    static final ArchRule theLinkShellStandsAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "link..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER + "editor..", SERVER + "store..");

    @ArchTest
    static final ArchRule theStoreStandsAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "store..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SERVER + "editor..", SERVER + "link..");

    @ArchTest
    static final ArchRule nobodyImportsTheRoot = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + "app..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER + "app..");

    @ArchTest
    static final ArchRule onlyTheRootImportsTheTools = noClasses()
            .that()
            .resideOutsideOfPackages(SERVER + "app..", SERVER + "trace..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER + "trace..");

    @ArchTest
    static final ArchRule onlyTheRootImportsTheSimulation = noClasses()
            .that()
            .resideOutsideOfPackages(SERVER + "app..", SERVER + "simulate..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER + "simulate..");

    @ArchTest
    static final ArchRule onlyTheRootImportsTheCrowd = noClasses()
            .that()
            .resideOutsideOfPackages(SERVER + "app..", SERVER + "crowd..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER + "crowd..");

    @ArchTest
    static final ArchRule theSimulationKnowsNoShell = noClasses()
            .that()
            .resideInAPackage(SERVER + "simulate..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(SHELLS);

    @ArchTest
    static final ArchRule textStandsOnTheProtocolAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "text..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "eventgraph..",
                    SERVER + "blackboard..",
                    SERVER + "identity..",
                    SERVER + "membership..",
                    SERVER + "peers..",
                    SERVER + "reach..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule theGraphStandsOnTextAndTheProtocolAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "eventgraph..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "blackboard..",
                    SERVER + "identity..",
                    SERVER + "membership..",
                    SERVER + "peers..",
                    SERVER + "reach..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule theQuarantineStandsOnTheGraphAndTheProtocolAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "quarantine..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "authorship..",
                    SERVER + "blackboard..",
                    SERVER + "identity..",
                    SERVER + "membership..",
                    SERVER + "peers..",
                    SERVER + "presence..",
                    SERVER + "reach..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule theBlackboardStandsOnTheProtocolAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "blackboard..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "text..",
                    SERVER + "authorship..",
                    SERVER + "eventgraph..",
                    SERVER + "identity..",
                    SERVER + "membership..",
                    SERVER + "peers..",
                    SERVER + "reach..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule identityStandsOnTheProtocolAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "identity..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "text..",
                    SERVER + "authorship..",
                    SERVER + "eventgraph..",
                    SERVER + "blackboard..",
                    SERVER + "membership..",
                    SERVER + "peers..",
                    SERVER + "reach..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule peersStandOnTheProtocolAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "peers..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "text..",
                    SERVER + "authorship..",
                    SERVER + "eventgraph..",
                    SERVER + "blackboard..",
                    SERVER + "identity..",
                    SERVER + "membership..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule reachStandsOnIdentityAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "reach..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "text..",
                    SERVER + "authorship..",
                    SERVER + "eventgraph..",
                    SERVER + "blackboard..",
                    SERVER + "membership..",
                    SERVER + "peers..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule membershipStandsOnIdentityAlone = noClasses()
            .that()
            .resideInAPackage(SERVER + "membership..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "text..",
                    SERVER + "authorship..",
                    SERVER + "eventgraph..",
                    SERVER + "blackboard..",
                    SERVER + "peers..",
                    SERVER + "reach..",
                    SERVER + "sync..",
                    SERVER + "workspace..");

    @ArchTest
    static final ArchRule syncKnowsNotItsConductor = noClasses()
            .that()
            .resideInAPackage(SERVER + "sync..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    SERVER + "identity..", SERVER + "membership..", SERVER + "peers..", SERVER + "workspace..");

    @ArchTest
    static final ArchRule thereAreNoCycles =
            slices().matching("dev.metalog.server.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theCoreTouchesNoSocketFileThreadOrChance = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.net\\.(?!URI(SyntaxException)?$).*"
                    + "|java\\.nio\\.(channels|file)\\..*"
                    + "|java\\.io\\.(File|RandomAccess).*"
                    + "|java\\.lang\\.(Thread|ProcessBuilder|Process|Runtime)"
                    + "|java\\.util\\.concurrent\\.(?!atomic).*"
                    + "|java\\.util\\.(Random|Timer|SplittableRandom)"
                    + "|java\\.security\\.SecureRandom"
                    + "|java\\.time\\.Clock"
                    + "|io\\.netty\\..*|org\\.eclipse\\.(paho|lsp4j)\\..*");

    @ArchTest
    static final ArchRule theCoreReadsNoClock = noClasses()
            .that()
            .resideInAnyPackage(CORE)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(Math.class, "random");

    @ArchTest
    static final ArchRule gsonStaysAtTheEditorsBorder = noClasses()
            .that()
            .resideOutsideOfPackages(SERVER + "editor..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.google.gson..");

    @ArchTest
    static final ArchRule pahoStaysInTheLinkShell = classes()
            .that()
            .resideInAPackage("org.eclipse.paho..")
            .should()
            .onlyHaveDependentClassesThat()
            .resideInAnyPackage(SERVER + "link..", "org.eclipse.paho..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule nettyStaysInTheLinkShell = noClasses()
            .that()
            .resideInAPackage("dev.metalog..")
            .and()
            .resideOutsideOfPackage(SERVER + "link..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..");
}
