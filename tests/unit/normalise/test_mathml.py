import pytest
import turbohtml

from worker.normalise.mathml import is_pure, purify
from worker.normalise.sanitise import sanitise

FORMULA = (
    '<math display="block"><mrow><mi mathvariant="normal">x</mi><mo>=</mo>'
    "<mfrac><mn>1</mn><mn>2</mn></mfrac></mrow></math>"
)


def test_a_formula_stays() -> None:
    assert sanitise(FORMULA) == FORMULA


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('<math href="https://a.example/" class="x" style="y"><mi>x</mi></math>', "<math><mi>x</mi></math>"),
        ('<math><mi mathcolor="red" onclick="x">x</mi></math>', "<math><mi>x</mi></math>"),
        (
            '<math><semantics><mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math>',
            "<math><semantics><mi>x</mi></semantics></math>",
        ),
        ('<math><annotation-xml encoding="text/html"><b>x</b></annotation-xml></math>', "<math></math>"),
        ("<math><mtext>if <b>x</b></mtext></math>", "<math><mtext>if x</mtext></math>"),
        (
            '<math><mtext><img src="https://a.example/1.png"></mtext><mi>x</mi></math>',
            "<math><mtext></mtext><mi>x</mi></math>",
        ),
        ("<math><math><mi>x</mi></math></math>", "<math><mi>x</mi></math>"),
        ('<math><a href="https://a.example/"><mi>x</mi></a></math>', "<math><mi>x</mi></math>"),
        ("<p><math><caption>x</caption></math></p>", "<p><math>x</math></p>"),
    ],
)
def test_a_formula_holds_nothing_but_mathml(written: str, kept: str) -> None:
    assert sanitise(written) == kept


def test_html_within_a_formula_is_told_and_leaves_its_words() -> None:
    tree = turbohtml.parse_fragment("<math><mtext><b>x</b></mtext></math>")
    assert (is_pure(tree), purify(tree), is_pure(tree)) == (False, "<math><mtext>x</mtext></math>", True)
