// What a validator finds wrong with a page's HTML, as the server sent it.
import { HtmlValidate } from 'html-validate';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y'],
});

/** One line for each fault. */
export async function findInvalid(html) {
  const { results } = await validator.validateString(html);
  const lines = html.split('\n');
  return results.flatMap(({ messages }) =>
    messages.map(({ ruleId, message, line }) => `${ruleId}: ${message} — line ${line}: ${lines[line - 1].trim().slice(0, 200)}`),
  );
}
