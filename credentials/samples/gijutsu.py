"""サンプル技術学院 (SAMPLE): engineering and safety, in Japanese."""

from datetime import date
from functools import partial

from credentials.samples.values import Art, SampleAchievement, SampleCourse, SampleIssuer, skill

FICTION = "架空の団体によるサンプルデータです。"

achievement = partial(
    SampleAchievement,
    pace="scheduled",
    quality_assurance_type="internal",
    quality_assurance_text="毎年、学院内の委員会が内容を見直します。",
    language="ja",
    review_by=date(2028, 3, 31),
)

ACHIEVEMENTS = (
    achievement(
        slug="solar-design",
        course="solar-design",
        art=Art(title=("ソーラー", "設計"), icon="solar-panel", latin=("Solar", "Design")),
        name="住宅用太陽光発電システム設計",
        description=f"住宅の屋根に合った太陽光発電システムを、安全かつ経済的に設計できることを示します。{FICTION}",
        outcomes=(
            "屋根の方位、傾斜、影を調べ、年間発電量を見積もることができる",
            "法令と規格に合った機器を選び、配線図を描くことができる",
            "設置費用と回収年数を計算し、家主に分かりやすく説明できる",
            "感電と転落の危険を洗い出し、作業手順書を作成できる",
        ),
        skills=(skill("太陽光発電設計"), skill("電気安全"), skill("費用計算")),
        workload="PT45H",
        duration_text="約5週間",
        eqf_level=5,
        isced_f="0713",
        field_of_study="電気・エネルギー",
        assessment_type="project",
        assessment_text="実在しない住宅一棟の設計書と口頭での説明",
        participation_form="blended",
        entry_requirement="電気の基礎知識",
        supervision="supervised",
        tags=("太陽光発電", "solar design", "engineering"),
        price_text="20,000円",
    ),
    achievement(
        slug="fire-safety",
        art=Art(title=("防火", "講習"), icon="flame", latin=("Fire", "Safety")),
        name="職場の防火講習",
        description=f"職場の防火に関する一日講習に参加したことを示します。試験はありません。{FICTION}",
        achievement_type="CertificateOfCompletion",
        outcomes=(
            "職場の火災の危険に気づき、報告できる",
            "消火器を安全に使うことができる",
            "避難経路に沿って同僚を誘導できる",
        ),
        skills=(skill("防火"), skill("避難誘導")),
        workload="PT6H",
        duration_text="1日",
        eqf_level=1,
        isced_f="1022",
        field_of_study="労働安全衛生",
        assessment_type="attendance",
        assessment_text="出席のみ（試験なし）",
        participation_form="onsite",
        supervision="onsite-with-id",
        tags=("防火", "fire safety"),
        price_text="無料",
    ),
)

ISSUER = SampleIssuer(
    slug="sample-gijutsu-gakuin",
    name="サンプル技術学院 (SAMPLE)",
    country_code="JP",
    facts={
        "description": "架空の学院です。発行するものはすべてサンプルデータです。",
        "email": "info@sample-gijutsu.example",
        "region": "京都府",
    },
    letters="SG",
    field="07",
    courses=(
        SampleCourse(
            slug="solar-design",
            title="住宅用太陽光発電システム設計",
            description="屋根の調査から配線図までを五週間で学びます。",
            language="ja",
        ),
    ),
    achievements=ACHIEVEMENTS,
)
