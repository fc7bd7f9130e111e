// What axe finds on a page, by the rules of WCAG 2.2 up to AA, and its best practices.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** One line for each element that breaks a rule. */
export async function findViolations(page) {
  // Our policy lets no page load it, so it comes by the way of the developer's tools.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const { violations } = await page.evaluate((tags) => {
    const options = { runOnly: tags, resultTypes: ['violations'], elementRef: false };
    return window.axe.run(document, options);
  }, tags);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary} — ${node.html}`));
}
