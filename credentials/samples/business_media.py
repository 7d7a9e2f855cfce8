"""Example School of Business and Media (SAMPLE): marketing, trade, finance, leadership and media."""

from datetime import date
from decimal import Decimal
from functools import partial

from credentials.samples.values import Art, SampleAchievement, SampleCourse, SampleIssuer, skill

FICTION = "Sample data of a fictional issuer."

achievement = partial(
    SampleAchievement,
    credit_framework="ECTS",
    participation_form="online",
    pace="own",
    quality_assurance_type="programme",
    quality_assurance_text="Each programme has an invented board of two employers, a teacher and a former learner.",
    review_by=date(2027, 9, 30),
    workload="PT50H",
    duration_text="about 5 weeks",
    credits=Decimal(2),
    price_text="75 EUR",
)

ACHIEVEMENTS = (
    achievement(
        slug="digital-marketing",
        course="marketing",
        art=Art(title=("Digital", "Marketing"), icon="megaphone"),
        name="Digital Marketing Analytics",
        description=(
            "Shows that the holder can plan a small campaign, measure what it did and say honestly what it did not. "
            f"{FICTION}"
        ),
        outcomes=(
            "Plan a campaign for one audience with a budget and a measurable aim",
            "Measure visits and sales without collecting more personal data than needed",
            "Compare two versions of a page with a fair experiment",
            "Report results to a client with limits and next steps",
        ),
        skills=(skill("Digital marketing"), skill("Web analytics"), skill("Content strategy")),
        eqf_level=5,
        nqf_level="NFQ 6 (Ireland)",
        ehea_cycle="Short cycle",
        isced_f="0414",
        field_of_study="Marketing and advertising",
        assessment_type="portfolio",
        assessment_text="Campaign plan, experiment and client report",
        entry_requirement="None.",
        supervision="unsupervised",
        tags=("digital marketing", "analytics"),
        result_descriptions=(
            {
                "key": "grade",
                "name": "Portfolio grade",
                "result_type": "LetterGrade",
                "allowed_values": ["A", "B", "C"],
            },
        ),
    ),
    achievement(
        slug="online-shop",
        course="marketing",
        art=Art(title=("Online", "Shop"), icon="shopping-cart"),
        name="Running an Online Shop",
        description=(
            f"Shows that the holder can open a small online shop and run it lawfully and at a profit. {FICTION}"
        ),
        outcomes=(
            "Set up a shop with payment, delivery and returns",
            "Write product pages that answer what buyers ask",
            "Calculate prices that cover cost, tax and returns",
            "Apply consumer and data protection rules to a shop",
        ),
        skills=(skill("E-commerce"), skill("Pricing"), skill("Consumer law basics")),
        eqf_level=4,
        nqf_level="NFQ 5 (Ireland)",
        isced_f="0416",
        field_of_study="Wholesale and retail sales",
        assessment_type="project",
        assessment_text="A working shop with ten products, reviewed by an assessor",
        entry_requirement="None.",
        supervision="unsupervised",
        tags=("e-commerce",),
    ),
    achievement(
        slug="small-business-finance",
        art=Art(title=("Business", "Finance"), icon="calculator"),
        name="Finance for Small Businesses",
        description=f"Shows that the holder can keep the books of a small firm and see trouble coming. {FICTION}",
        outcomes=(
            "Record the transactions of a month and reconcile them with the bank",
            "Prepare a profit and loss account and a balance sheet",
            "Forecast cash for the next six months",
            "Explain the figures to an owner who is not an accountant",
        ),
        skills=(skill("Bookkeeping"), skill("Cash flow planning")),
        eqf_level=5,
        nqf_level="NFQ 6 (Ireland)",
        ehea_cycle="Short cycle",
        isced_f="0411",
        field_of_study="Accounting and taxation",
        assessment_type="exam",
        assessment_text="Three-hour practical exam with the papers of an invented firm",
        entry_requirement="None.",
        supervision="online-with-id",
        tags=("finance",),
    ),
    achievement(
        slug="team-leadership",
        art=Art(title=("Team", "Leader"), icon="users"),
        name="Leading a Small Team",
        description=(
            "Recognises a competency shown at work: leading a team of three to eight people through a change. "
            f"{FICTION}"
        ),
        achievement_type="Competency",
        outcomes=(
            "Agree on goals with each member of a team and follow them up",
            "Give feedback that names behaviour, effect and next step",
            "Settle a conflict before it reaches the next level",
            "Communicate a change with its reasons and its price",
        ),
        skills=(skill("Leadership"), skill("Communication"), skill("Conflict management")),
        workload="PT25H",
        duration_text="about 3 months beside the job",
        credits=Decimal(1),
        eqf_level=6,
        nqf_level="NFQ 8 (Ireland)",
        ehea_cycle="First cycle",
        isced_f="0413",
        field_of_study="Management and administration",
        assessment_type="oral",
        assessment_text="Conversation about documented situations, with a reference from the workplace",
        participation_form="work-based",
        entry_requirement="Half a year in charge of a team.",
        supervision="supervised",
        tags=("leadership", "communication"),
    ),
    achievement(
        slug="video-storytelling",
        art=Art(title=("Video", "Stories"), icon="clapperboard"),
        name="Video Storytelling",
        description=(
            "Shows that the holder can make a short film about a real subject, from the idea to the captions. "
            f"{FICTION}"
        ),
        outcomes=(
            "Develop a story of two minutes from research and interviews",
            "Record picture and sound with a telephone and simple lights",
            "Edit a film so that the story is clear without narration",
            "Add captions and audio description",
        ),
        skills=(skill("Video production"), skill("Video editing"), skill("Storytelling")),
        eqf_level=4,
        nqf_level="NFQ 5 (Ireland)",
        isced_f="0211",
        field_of_study="Audio-visual techniques and media production",
        assessment_type="artifact",
        assessment_text="A film of two minutes with captions",
        entry_requirement="A telephone or camera that records video.",
        supervision="unsupervised",
        tags=("video", "media"),
    ),
    achievement(
        slug="graphic-design",
        art=Art(title=("Graphic", "Design"), icon="palette"),
        name="Graphic Design for Everyday Documents",
        description=(
            f"Shows that the holder can make posters, reports and slides that people read and understand. {FICTION}"
        ),
        outcomes=(
            "Choose type, colour and space that lead the reader",
            "Design a poster, a report and a slide set from one visual idea",
            "Check contrast and reading order for people who see little or not at all",
        ),
        skills=(skill("Graphic design"), skill("Typography")),
        eqf_level=4,
        nqf_level="NFQ 5 (Ireland)",
        isced_f="0211",
        field_of_study="Audio-visual techniques and media production",
        assessment_type="portfolio",
        assessment_text="Three documents with a page on why they look as they do",
        entry_requirement="None.",
        supervision="unsupervised",
        tags=("graphic design", "media"),
    ),
    achievement(
        slug="plain-writing",
        art=Art(title=("Plain", "Writing"), icon="pen-line"),
        name="Writing in Plain Language",
        description=f"Shows that the holder can write for people who have little time and other worries. {FICTION}",
        outcomes=(
            "Rewrite an official letter so that its readers act on it correctly",
            "Structure a text by what its readers want to know",
            "Test a text with readers and improve it",
        ),
        skills=(skill("Plain language writing"), skill("Editing")),
        workload="PT25H",
        duration_text="about 3 weeks",
        credits=Decimal(1),
        eqf_level=5,
        nqf_level="NFQ 6 (Ireland)",
        ehea_cycle="Short cycle",
        isced_f="0321",
        field_of_study="Journalism and reporting",
        assessment_type="artifact",
        assessment_text="Three rewritten letters, tested with readers",
        entry_requirement="English at level C1.",
        supervision="unsupervised",
        tags=("writing", "communication"),
        price_text="Free",
    ),
)

ISSUER = SampleIssuer(
    slug="example-school-of-business-and-media",
    name="Example School of Business and Media (SAMPLE)",
    country_code="IE",
    facts={
        "description": "A fictional school in Galway. Everything it issues is sample data.",
        "email": "hello@business-media.example",
        "region": "Connacht",
    },
    letters="BM",
    field="04",
    courses=(
        SampleCourse(
            slug="marketing",
            title="Marketing and Trade Online",
            description="Two short projects: a campaign that is measured, and a shop that sells.",
        ),
    ),
    achievements=ACHIEVEMENTS,
)
