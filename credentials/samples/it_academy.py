"""Sample IT Academy: a five-course IT support programme, and two achievements beside it."""

from datetime import date
from decimal import Decimal
from functools import partial

from credentials.samples.values import Art, SampleAchievement, SampleCourse, SampleIssuer, skill

MODELLED_ON = (
    "Sample data of a fictional issuer, modelled on the structure of entry-level IT support programmes such as "
    "the Google IT "
    "Support Professional Certificate; not connected with it."
)

achievement = partial(
    SampleAchievement,
    credit_framework="ECTS",
    participation_form="online",
    pace="own",
    quality_assurance_type="external",
    quality_assurance_text=(
        "Reviewed every two years by two invented outside experts; the last report is open to learners."
    ),
    price_text="Free",
    review_by=date(2028, 6, 30),
)

part_of_programme = partial(
    achievement,
    nqf_level="NQR 4 (Austria)",
    eqf_level=4,
    stackability="stackable",
    stackability_text="One of the five parts of the IT Support Programme of Sample IT Academy.",
    supervision="online-with-id",
)

EXAM = {
    "key": "exam",
    "name": "Final exam",
    "result_type": "Percent",
    "value_min": "0",
    "value_max": "100",
    "required_value": "70",
}

COURSES = (
    SampleCourse(
        slug="technical-support-fundamentals",
        title="Technical Support Fundamentals",
        description="How computers work from the switch to the screen, and how to help the person in front of one.",
    ),
    SampleCourse(
        slug="bits-and-bytes-of-computer-networking",
        title="Bits and Bytes of Computer Networking",
        description="From the cable to the cloud: layers, addresses, names, and what to do when one of them fails.",
    ),
    SampleCourse(
        slug="operating-systems",
        title="Operating Systems",
        description="Files, users, software and processes on Windows and Linux, in the window and on the command line.",
    ),
    SampleCourse(
        slug="system-administration",
        title="System Administration and IT Infrastructure Services",
        description="Looking after many computers at once: servers, directories, backups, and plans for bad days.",
    ),
    SampleCourse(
        slug="it-security",
        title="IT Security",
        description="Threats, cryptography, access and hardening, and how to make safe habits easy for others.",
    ),
)

PROGRAMME_PARTS = (
    part_of_programme(
        slug="technical-support-fundamentals",
        course="technical-support-fundamentals",
        art=Art(title=("Tech", "Support"), icon="headset"),
        name="Technical Support Fundamentals",
        description=(
            "Shows that the holder can set up and repair an office workstation and lead a person without technical "
            f"training to a working solution. {MODELLED_ON}"
        ),
        outcomes=(
            "Assemble a desktop computer from parts and install an operating system on it",
            "Narrow down a fault step by step and write down what was tried",
            "Explain a repair to a customer in plain words, by telephone and in writing",
            "Convert between binary, decimal and hexadecimal numbers where hardware calls for it",
        ),
        skills=(skill("Technical support"), skill("Troubleshooting"), skill("Customer service")),
        workload="PT50H",
        duration_text="about 4 weeks",
        credits=Decimal(2),
        isced_f="0611",
        field_of_study="Computer use",
        assessment_type="performance",
        assessment_text="Six recorded support calls with a trained actor, and a written exam",
        entry_requirement="None. Reading English at level B1 helps.",
        tags=("IT support", "first steps"),
        result_descriptions=(EXAM,),
    ),
    part_of_programme(
        slug="computer-networking",
        course="bits-and-bytes-of-computer-networking",
        art=Art(title=("Computer", "Networks"), icon="network"),
        name="Bits and Bytes of Computer Networking",
        description=(
            "Shows that the holder understands how data travels between computers and can find the layer at which a "
            f"connection fails. {MODELLED_ON}"
        ),
        outcomes=(
            "Describe what each layer of the TCP/IP model adds to a message",
            "Divide an address range into subnets for a small office",
            "Configure DNS, DHCP and a router for twenty workstations",
            "Find and correct a network fault with packet captures and command-line tools",
        ),
        skills=(skill("Computer networking"), skill("Network diagnostics")),
        workload="PT75H",
        duration_text="about 6 weeks",
        credits=Decimal(3),
        isced_f="0612",
        field_of_study="Database and network design and administration",
        assessment_type="exam",
        assessment_text="Three laboratory tasks and a two-hour written exam",
        entry_requirement="Technical Support Fundamentals, or half a year of practice.",
        tags=("networking", "IT support"),
        result_descriptions=(EXAM,),
    ),
    part_of_programme(
        slug="operating-systems",
        course="operating-systems",
        art=Art(title=("Operating", "Systems"), icon="monitor-cog"),
        name="Operating Systems",
        description=(
            "Shows that the holder is at home on Windows and Linux and can manage users, software and storage on both. "
            f"{MODELLED_ON}"
        ),
        outcomes=(
            "Manage files, users and permissions on Windows and Linux from the command line",
            "Install, update and remove software packages, and put back an earlier version",
            "Partition, format and check storage without loss of data",
            "Read system logs to explain why a process stopped",
        ),
        skills=(skill("Windows administration"), skill("Linux administration"), skill("Command line")),
        workload="PT75H",
        duration_text="about 6 weeks",
        credits=Decimal(3),
        isced_f="0612",
        field_of_study="Database and network design and administration",
        assessment_type="performance",
        assessment_text="Practical exam: four tasks on two unfamiliar machines",
        entry_requirement="Technical Support Fundamentals, or half a year of practice.",
        tags=("operating systems", "Linux", "IT support"),
        result_descriptions=(EXAM,),
    ),
    part_of_programme(
        slug="system-administration",
        course="system-administration",
        art=Art(title=("System", "Admin"), icon="server-cog"),
        name="System Administration and IT Infrastructure Services",
        description=(
            "Shows that the holder can run the servers and services that an organisation of one hundred people "
            "needs, and "
            f"bring them back after a failure. {MODELLED_ON}"
        ),
        outcomes=(
            "Plan servers and services for an organisation of one hundred people within a budget",
            "Administer accounts and group policies in a directory service",
            "Set up backups and prove by a restore that they work",
            "Write a recovery plan that a colleague can follow alone",
            "Automate a routine task with a script and document it",
        ),
        skills=(skill("System administration"), skill("Backup and recovery"), skill("Directory services")),
        workload="PT100H",
        duration_text="about 8 weeks",
        credits=Decimal(4),
        isced_f="0612",
        field_of_study="Database and network design and administration",
        assessment_type="project",
        assessment_text="Project: infrastructure plan and a recovery drill, defended in a conversation",
        entry_requirement="Bits and Bytes of Computer Networking, and Operating Systems.",
        tags=("system administration", "IT support"),
        result_descriptions=(EXAM,),
    ),
    part_of_programme(
        slug="it-security",
        course="it-security",
        art=Art(title=("IT", "Security"), icon="lock-keyhole"),
        name="IT Security",
        description=(
            "Shows that the holder can recognise common attacks, harden the computers of a small organisation "
            "and teach its "
            f"people safe habits. {MODELLED_ON}"
        ),
        outcomes=(
            "Classify common attacks and name the first measure against each",
            "Choose encryption, hashing or signing for a given purpose and say why",
            "Set up sign-in with a second factor and the least rights that a task needs",
            "Harden a workstation and a server against a published checklist",
            "Train colleagues to recognise and report fraudulent messages",
        ),
        skills=(skill("Information security"), skill("Access management"), skill("Security awareness")),
        workload="PT75H",
        duration_text="about 6 weeks",
        credits=Decimal(3),
        isced_f="0612",
        field_of_study="Database and network design and administration",
        assessment_type="exam",
        assessment_text="Written exam and a security review of an invented company",
        entry_requirement="Bits and Bytes of Computer Networking, and Operating Systems.",
        tags=("cyber security", "IT support"),
        result_descriptions=(EXAM,),
    ),
)

PROGRAMME = achievement(
    slug="it-support-programme",
    art=Art(title=("IT Support", "Programme"), icon="layers"),
    name="IT Support Programme",
    description=(
        "The whole programme: all five parts from Technical Support Fundamentals to IT Security. Shows that the "
        "holder can "
        f"take up a first post in IT support. {MODELLED_ON}"
    ),
    achievement_type="LearningProgram",
    outcomes=(
        "Support people, computers and networks of an organisation in a first-line role",
        "Restore services after a failure by following and improving a written plan",
        "Protect computers and people against common attacks",
    ),
    skills=(skill("Technical support"), skill("System administration"), skill("Information security")),
    workload="PT375H",
    duration_text="about 6 months",
    credits=Decimal(15),
    eqf_level=4,
    nqf_level="NQR 4 (Austria)",
    isced_f="0612",
    field_of_study="Database and network design and administration",
    assessment_type="continuous",
    assessment_text="All five parts passed, each with its own assessment",
    entry_requirement="The five parts of the programme.",
    supervision="online-with-id",
    stackability="stackable",
    stackability_text="Made of five parts, each of which also stands alone.",
    tags=("IT support", "programme"),
    result_descriptions=(
        {"key": "grade", "name": "Overall grade", "result_type": "LetterGrade", "allowed_values": ["A", "B", "C", "D"]},
    ),
)

CLOUD_SECURITY = achievement(
    slug="cloud-security",
    art=Art(title=("Cloud", "Security"), icon="cloud-cog"),
    name="Cloud Security Practitioner",
    description=(
        "A time-limited certification for people who secure services in a public cloud. It is renewed by an exam "
        "every three "
        "years, because the services change. Sample data of a fictional issuer."
    ),
    achievement_type="Certification",
    outcomes=(
        "Design identities, roles and networks of a cloud account so that a stolen key does little harm",
        "Encrypt data at rest and in transit and manage the keys",
        "Detect misconfiguration and intrusion from the audit trail",
        "Lead the first hour of the response to an incident",
    ),
    skills=(skill("Cloud security"), skill("Identity and access management"), skill("Incident response")),
    workload="PT30H",
    duration_text="exam of 3 hours, about 2 weeks of preparation",
    credits=Decimal(1),
    eqf_level=6,
    nqf_level="NQR 6 (Austria)",
    ehea_cycle="First cycle",
    isced_f="0612",
    field_of_study="Database and network design and administration",
    assessment_type="exam",
    assessment_text="Three-hour exam with five tasks in a live cloud account",
    entry_requirement="Two years of practice with cloud services are recommended.",
    supervision="onsite-with-id",
    tags=("cloud", "cyber security"),
    result_descriptions=(
        {
            "key": "score",
            "name": "Exam score",
            "result_type": "ScaledScore",
            "value_min": "100",
            "value_max": "900",
            "required_value": "700",
        },
    ),
    validity="P3Y",
    price_text="120 EUR",
)

PYTHON = achievement(
    slug="python-programming",
    art=Art(title=("Python", "Coding"), icon="code-xml"),
    name="Programming in Python",
    description=(
        "Shows that the holder can turn a small everyday problem into a tested Python program that others can read. "
        "Sample data of a fictional issuer."
    ),
    outcomes=(
        "Write Python programs of several modules with functions and classes",
        "Test a program and find the cause of a failing test",
        "Read and write data as text, CSV and JSON",
        "Review the code of another learner and suggest improvements politely",
    ),
    skills=(
        skill("Python (computer programming)", esco="ccd0a1d9-afda-43d9-b901-96344886e14d"),
        skill("Software testing"),
    ),
    workload="PT60H",
    duration_text="about 6 weeks",
    credits=Decimal(2),
    eqf_level=5,
    nqf_level="NQR 5 (Austria)",
    ehea_cycle="Short cycle",
    isced_f="0613",
    field_of_study="Software and applications development and analysis",
    assessment_type="artifact",
    assessment_text="A program of the learner's own choice, read line by line by an assessor",
    entry_requirement="None.",
    supervision="unsupervised",
    tags=("coding", "Python"),
)

ISSUER = SampleIssuer(
    slug="sample-it-academy",
    name="Sample IT Academy",
    country_code="AT",
    facts={
        "description": "A fictional academy for computing in Vienna. Everything it issues is sample data.",
        "email": "office@sample-it-academy.example",
        "region": "Wien",
        "legal_id": "SAMPLE-0001",
        "legal_id_type": "ext:sampleRegister",
    },
    letters="IT",
    field="06",
    courses=COURSES,
    achievements=(*PROGRAMME_PARTS, PROGRAMME, CLOUD_SECURITY, PYTHON),
)
