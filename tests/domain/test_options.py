"""Options are checked here, by the model's rules, before anything is sent."""

import pytest

from app.domain.catalog import catalog
from app.domain.errors import BadOption
from app.domain.options import (
    SPECS,
    Action,
    Options,
    check,
    legal_values,
    summary,
    tool_parameters,
    value_of,
    with_value,
)


def test_flipping_goes_from_auto_to_generate_and_then_to_and_fro() -> None:
    assert Action.AUTO.flipped() is Action.GENERATE
    assert Action.GENERATE.flipped() is Action.EDIT
    assert Action.EDIT.flipped() is Action.GENERATE


def test_auto_is_not_sent_but_the_action_always_is() -> None:
    assert tool_parameters(Options()) == {"action": "auto", "partial_images": 2}


def test_a_model_named_by_a_number_is_sent_as_a_name() -> None:
    assert tool_parameters(Options(image_model="7"))["model"] == "7"


def test_every_chosen_option_reaches_the_tool_under_its_name() -> None:
    options = Options(
        Action.EDIT,
        "gpt-5.5",
        "gpt-image-2.6-flare",
        "1536x1024",
        "high",
        "webp",
        "60",
        "transparent",
        "3",
    )
    assert tool_parameters(options) == {
        "action": "edit",
        "model": "gpt-image-2.6-flare",
        "size": "1536x1024",
        "quality": "high",
        "output_format": "webp",
        "output_compression": 60,
        "background": "transparent",
        "partial_images": 3,
    }


def test_every_field_of_options_has_a_declaration() -> None:
    assert {spec.name for spec in SPECS} == set(Options.__slots__)


@pytest.mark.parametrize(
    ("size", "rule", "nearest"),
    [
        ("1920x1080", "multiples of 16", "1920x1088"),
        ("4096x4096", "longest edge", "2880x2880"),
        ("512x512", "at least 655,360", "816x816"),
        ("3840x3840", "at most 8,294,400", "2880x2880"),
        ("3200x800", "3 times", ""),
        ("0x0", "3 times", "816x816"),
    ],
)
def test_an_illegal_size_names_its_rule_and_the_nearest_legal_one(
    size: str, rule: str, nearest: str
) -> None:
    with pytest.raises(BadOption) as refused:
        with_value(Options(), "size", size)
    assert rule in refused.value.sentence
    assert nearest in refused.value.hint
    offered = refused.value.hint.split()[-1].rstrip(".")
    assert with_value(Options(), "size", offered).size == offered


@pytest.mark.parametrize(
    "size", ["1024x1024", "3840x2160", "2160x3840", "1792x1024", "auto", "1536X1024"]
)
def test_legal_sizes_are_taken(size: str) -> None:
    assert with_value(Options(), "size", size).size == size.lower()


@pytest.mark.parametrize("text", ["big", "1024", "1024x", "-1x5", "9" * 50, "1024x1024x1024"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(BadOption):
        with_value(Options(), "size", text)


def test_a_model_with_fixed_sizes_takes_only_those() -> None:
    options = Options(image_model="gpt-image-1.5")
    with pytest.raises(BadOption, match="makes only"):
        with_value(options, "size", "2048x2048")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (Options(background="transparent", format="jpeg"), "transparent"),
        (Options(compression="50"), "Compression"),
        (Options(compression="50", format="png"), "Compression"),
        (Options(compression="²", format="webp"), "Compression"),
        (Options(quality="xhigh", image_model="gpt-image-2"), "Quality"),
        (Options(background="transparent", image_model="gpt-image-2"), "Background"),
        (Options(image_model="gpt-image-1"), "shut down"),
    ],
)
def test_options_that_do_not_fit_each_other_are_refused(options: Options, said: str) -> None:
    with pytest.raises(BadOption, match=said):
        check(options)


def test_an_unknown_model_gets_permissive_rules() -> None:
    check(Options(image_model="my-gateway/picture-9", quality="max", background="transparent"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality", "best"),
        ("compression", "101"),
        ("partials", "4"),
        ("nothing", "1"),
        ("model", "a b"),
        ("format", "bmp"),
    ],
)
def test_illegal_values_are_refused_with_a_hint(name: str, value: str) -> None:
    with pytest.raises(BadOption):
        with_value(Options(), name, value)


def test_every_offered_value_is_taken() -> None:
    options = Options(format="webp")
    for spec in SPECS:
        for value in legal_values(spec, options):
            changed = with_value(options, spec.command, value, strict=False)
            assert value_of(changed, spec) == value


def test_retired_models_are_not_offered() -> None:
    known = catalog()
    assert "gpt-image-1" not in known.image_models
    assert "gpt-image-2.6-sunburst" in known.image_models


def test_the_summary_never_says_auto() -> None:
    assert summary(Options()) == ()
    assert summary(Options(size="1536x1024", quality="high", partials="0")) == (
        "1536x1024",
        "high",
        "partials 0",
    )
