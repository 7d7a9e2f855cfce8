"""Instituto Ficticio de Salud Pública (SAMPLE): health, in Spanish and English."""

from datetime import date
from decimal import Decimal
from functools import partial

from credentials.samples.values import Art, SampleAchievement, SampleCourse, SampleIssuer, skill

FICTION = "Sample data of a fictional issuer."

achievement = partial(
    SampleAchievement,
    credit_framework="ECTS",
    quality_assurance_type="external",
    quality_assurance_text="Content checked every year by an invented council of practitioners.",
    review_by=date(2027, 12, 31),
)

ACHIEVEMENTS = (
    achievement(
        slug="atencion-al-paciente",
        course="atencion-al-paciente",
        art=Art(title=("Atención", "Paciente"), icon="heart-pulse"),
        name="Atención al paciente hospitalizado",
        description=(
            "Acredita que la persona puede acompañar y cuidar a un paciente hospitalizado con seguridad y "
            "respeto, bajo la "
            "dirección del equipo de enfermería. Datos de ejemplo de una entidad ficticia."
        ),
        outcomes=(
            "Tomar y registrar las constantes vitales y avisar a tiempo de un cambio",
            "Movilizar a un paciente sin riesgo para él ni para quien lo cuida",
            "Aplicar la higiene de manos y las medidas de aislamiento en cada contacto",
            "Comunicarse con pacientes y familias con claridad y respeto",
        ),
        skills=(skill("Atención al paciente"), skill("Higiene hospitalaria"), skill("Comunicación con el paciente")),
        workload="PT50H",
        duration_text="unas 5 semanas",
        credits=Decimal(2),
        eqf_level=4,
        nqf_level="MECU 4 (España)",
        isced_f="0913",
        field_of_study="Enfermería y partería",
        assessment_type="performance",
        assessment_text="Prueba práctica: cuatro situaciones simuladas con observación",
        participation_form="blended",
        pace="scheduled",
        quality_assurance_text="Contenido revisado cada año por un consejo ficticio de profesionales.",
        entry_requirement="Ninguno. Certificado de vacunación para las prácticas.",
        supervision="onsite-with-id",
        language="es",
        tags=("atención al paciente", "patient care", "salud"),
        price_text="Gratuito",
    ),
    achievement(
        slug="medical-coding",
        art=Art(title=("Medical", "Coding"), icon="clipboard-plus"),
        name="Medical Coding Specialist",
        description=(
            "A time-limited certification for people who translate records of hospital stays into classification "
            "codes. "
            f"It is renewed every two years, because classifications change. {FICTION}"
        ),
        achievement_type="Certification",
        outcomes=(
            "Assign diagnosis and procedure codes to records of hospital stays",
            "Ask the treating physician in writing when a record leaves a doubt",
            "Check coded cases for completeness before they are billed",
            "Protect patient data at every step of the work",
        ),
        skills=(skill("Medical coding"), skill("Medical terminology"), skill("Data protection")),
        workload="PT75H",
        duration_text="about 8 weeks",
        credits=Decimal(3),
        eqf_level=5,
        nqf_level="MECU 5 (Spain)",
        ehea_cycle="Short cycle",
        isced_f="0914",
        field_of_study="Medical diagnostic and treatment technology",
        assessment_type="exam",
        assessment_text="Forty cases coded in four hours under supervision",
        participation_form="online",
        pace="own",
        entry_requirement="Knowledge of anatomy at the level of a health occupation.",
        supervision="online-with-id",
        tags=("medical coding", "health"),
        result_descriptions=(
            {
                "key": "exam",
                "name": "Cases coded correctly",
                "result_type": "Percent",
                "value_min": "0",
                "value_max": "100",
                "required_value": "90",
            },
        ),
        validity="P2Y",
        price_text="180 EUR",
    ),
    achievement(
        slug="health-informatics",
        art=Art(title=("Health", "Data"), icon="file-heart"),
        name="Health Informatics Essentials",
        description=(
            "Shows that the holder can work between care and computing: understands how health data is recorded, "
            "exchanged and "
            f"protected. {FICTION}"
        ),
        outcomes=(
            "Map the path of a laboratory result from the order to the patient record",
            "Read and write simple HL7 FHIR resources",
            "Judge whether a use of health data is lawful, and what it needs to become so",
            "Plan the introduction of a new form together with the ward that will use it",
        ),
        skills=(skill("Health informatics"), skill("Health data exchange"), skill("Data protection")),
        workload="PT50H",
        duration_text="about 5 weeks",
        credits=Decimal(2),
        eqf_level=6,
        nqf_level="MECU 6 (Spain)",
        ehea_cycle="First cycle",
        isced_f="0988",
        field_of_study="Inter-disciplinary programmes involving health and welfare",
        assessment_type="project",
        assessment_text="Plan for one ward, discussed with a nurse and an engineer",
        participation_form="online",
        pace="scheduled",
        entry_requirement="Work experience in care or in computing.",
        supervision="supervised",
        tags=("health informatics", "health"),
        price_text="60 EUR",
    ),
)

ISSUER = SampleIssuer(
    slug="instituto-ficticio-de-salud-publica",
    name="Instituto Ficticio de Salud Pública (SAMPLE)",
    country_code="ES",
    facts={
        "description": "Una entidad ficticia de Sevilla. Todo lo que emite son datos de ejemplo.",
        "email": "contacto@instituto-ficticio.example",
        "region": "Andalucía",
    },
    letters="SP",
    field="09",
    courses=(
        SampleCourse(
            slug="atencion-al-paciente",
            title="Atención al paciente hospitalizado",
            description="Cinco semanas de teoría en línea y de práctica en una planta simulada.",
            language="es",
        ),
    ),
    achievements=ACHIEVEMENTS,
)
