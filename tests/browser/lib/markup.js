// What a validator finds wrong with a page's HTML, as the server sent it.
import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    // A button in a form sends it: that is what ours are for, and what HTML says of a button without a type.
    'no-implicit-button-type': 'off',
    // The search field of every page is sent with Enter, as search fields are.
    'wcag/h32': 'off',
    // A list may have a name, and a screen reader says it.
    'aria-label-misuse': ['error', { allowAnyNamable: true }],
  },
});

/** One line for each fault. */
export async function findInvalid(html) {
  const { results } = await validator.validateString(html);
  const lines = html.split('\n');
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} — line ${line}: ${lines[line - 1].trim().slice(0, 200)}`),
  );
}
