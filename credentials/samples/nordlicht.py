"""Nordlicht-Akademie (SAMPLE): data, project work and teaching, in English and German."""

from datetime import date
from decimal import Decimal
from functools import partial

from credentials.samples.values import Art, SampleAchievement, SampleCourse, SampleIssuer, skill

FICTION = "Sample data of a fictional issuer."

achievement = partial(
    SampleAchievement,
    credit_framework="ECTS",
    quality_assurance_type="institution",
    quality_assurance_text="Yearly self-evaluation and learner survey; the summary is open to everyone.",
    review_by=date(2028, 3, 31),
)

GRADE = {
    "key": "grade",
    "name": "Grade",
    "result_type": "LetterGrade",
    "allowed_values": ["A", "B", "C", "D", "E"],
}

ACHIEVEMENTS = (
    achievement(
        slug="data-science-capstone",
        course="data-science",
        art=Art(title=("Data", "Capstone"), icon="chart-line"),
        name="Data Science Capstone Project",
        description=(
            "Shows that the holder has carried a data question of a partner organisation from the first talk to "
            "a result that "
            f"the partner can use. The project ends a learning path of nine shorter courses. {FICTION}"
        ),
        outcomes=(
            "Turn the question of a partner organisation into one that data can answer",
            "Clean and join data of several sources and record every change",
            "Build and compare models with a fair test on data they have not seen",
            "Present result and uncertainty to people who decide, in ten minutes",
            "Publish code and report so that another analyst gets the same numbers",
        ),
        skills=(skill("Data analysis"), skill("Statistical modelling"), skill("Data visualisation")),
        workload="PT90H",
        duration_text="about 8 weeks",
        credits=Decimal(3),
        eqf_level=6,
        nqf_level="DQR 6 (Germany)",
        ehea_cycle="First cycle",
        isced_f="0542",
        field_of_study="Statistics",
        assessment_type="project",
        assessment_text="Project report with code, and a talk before two assessors",
        participation_form="blended",
        pace="scheduled",
        entry_requirement="Nine courses of the path, or an interview about earlier work.",
        supervision="online-with-id",
        stackability="stackable",
        stackability_text="Last part of the Data Science path of Nordlicht-Akademie (SAMPLE).",
        tags=("data science", "statistics"),
        price_text="90 EUR",
        result_descriptions=(
            GRADE,
            {
                "key": "report",
                "name": "Project report",
                "result_type": "RubricScore",
                "value_min": "0",
                "value_max": "40",
                "required_value": "24",
            },
        ),
    ),
    achievement(
        slug="machine-learning",
        course="data-science",
        art=Art(title=("Machine", "Learning"), icon="brain-circuit"),
        name="Machine Learning in Practice",
        description=(
            "Shows that the holder can choose, train and judge a machine learning model, and can say when none "
            "is needed. "
            f"{FICTION}"
        ),
        outcomes=(
            "Choose a simple baseline and a suitable model for a prediction task",
            "Train and tune models without letting test data leak into them",
            "Measure errors for each group of people that a model affects",
            "Decide whether a model is good enough to use, and document why",
        ),
        skills=(
            skill("Machine learning", esco="3a2d5b45-56e4-4f5a-a55a-4a4a65afdc43"),
            skill("Python (computer programming)", esco="ccd0a1d9-afda-43d9-b901-96344886e14d"),
            skill("Responsible use of AI"),
        ),
        workload="PT120H",
        duration_text="about 10 weeks",
        credits=Decimal(4),
        eqf_level=7,
        nqf_level="DQR 7 (Germany)",
        ehea_cycle="Second cycle",
        isced_f="0619",
        field_of_study="Information and communication technologies, other",
        assessment_type="portfolio",
        assessment_text="Three worked cases with code, and an oral exam on one of them",
        participation_form="online",
        pace="scheduled",
        entry_requirement="Programming in Python, and statistics at EQF level 5.",
        supervision="online-with-id",
        tags=("AI", "machine learning", "data science"),
        price_text="240 EUR",
        result_descriptions=(GRADE,),
    ),
    achievement(
        slug="agiles-projektmanagement",
        course="agiles-projektmanagement",
        art=Art(title=("Agile", "Projekte"), icon="square-kanban"),
        name="Agiles Projektmanagement",
        description=(
            "Zeigt, dass die Person ein kleines Team durch mehrere Sprints führen und den Fortschritt ehrlich "
            "berichten kann. "
            "Beispieldaten einer erfundenen Einrichtung."
        ),
        outcomes=(
            "Plant mit dem Team einen zweiwöchigen Sprint mit erreichbarem Umfang",
            "Ordnet Anforderungen nach Nutzen und Aufwand und begründet die Reihenfolge",
            "Moderiert Rückblicke, aus denen mindestens eine Änderung folgt",
            "Berichtet Fortschritt und Risiken in einer Seite ohne Fachwörter",
        ),
        skills=(skill("Agiles Projektmanagement"), skill("Moderation"), skill("Teamführung")),
        workload="PT60H",
        duration_text="etwa 6 Wochen",
        credits=Decimal(2),
        eqf_level=5,
        nqf_level="DQR 5 (Deutschland)",
        ehea_cycle="Short cycle",
        isced_f="0413",
        field_of_study="Management und Verwaltung",
        assessment_type="performance",
        assessment_text="Simulation eines Projekts über drei Sprints mit Beobachtung",
        participation_form="blended",
        pace="scheduled",
        quality_assurance_text=(
            "Jährliche Selbstbewertung und Befragung der Teilnehmenden; die Zusammenfassung ist öffentlich."
        ),
        entry_requirement="Keine.",
        supervision="onsite-with-id",
        language="de",
        tags=("Projektmanagement", "project management", "leadership"),
        price_text="120 EUR",
    ),
    achievement(
        slug="online-course-design",
        art=Art(title=("Course", "Design"), icon="presentation"),
        name="Designing Online Courses",
        description=(
            "Shows that the holder can plan, build and improve an online course that works on a telephone and "
            "for people who "
            f"use a screen reader. {FICTION}"
        ),
        outcomes=(
            "Derive learning outcomes from a task that learners will face at work",
            "Design activities and assessments that fit the outcomes",
            "Build a course unit that meets WCAG 2.2 level AA",
            "Improve a unit from data and interviews of its first learners",
        ),
        skills=(skill("Instructional design"), skill("Educational technology"), skill("Accessibility")),
        workload="PT60H",
        duration_text="about 6 weeks",
        credits=Decimal(2),
        eqf_level=6,
        nqf_level="DQR 6 (Germany)",
        ehea_cycle="First cycle",
        isced_f="0111",
        field_of_study="Education science",
        assessment_type="artifact",
        assessment_text="One complete course unit, tried with five learners",
        participation_form="online",
        pace="own",
        entry_requirement="Some experience of teaching or training.",
        supervision="unsupervised",
        tags=("instructional design", "ed-tech"),
        price_text="Free",
    ),
)

ISSUER = SampleIssuer(
    slug="nordlicht-akademie",
    name="Nordlicht-Akademie (SAMPLE)",
    country_code="DE",
    facts={
        "description": (
            "A fictional academy in Flensburg with a second house in Turku. Everything it issues is sample data."
        ),
        "email": "info@nordlicht-akademie.example",
        "region": "Schleswig-Holstein",
        "parent_name": "Nordlicht-Verbund (SAMPLE)",
    },
    letters="NL",
    field="05",
    courses=(
        SampleCourse(
            slug="data-science",
            title="Data Science Path",
            description="Nine short courses from tables to models, and a capstone project with a partner organisation.",
        ),
        SampleCourse(
            slug="agiles-projektmanagement",
            title="Agiles Projektmanagement",
            description="Sechs Wochen Arbeit an einem simulierten Projekt, mit Rückmeldung nach jedem Sprint.",
            language="de",
        ),
    ),
    achievements=ACHIEVEMENTS,
)
