// What axe finds on a page, by the rules of WCAG 2.2 up to AA, and its best practices.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** One line for each element that breaks a rule: any rule, or one of these. */
export async function findViolations(page, rules) {
  // Our policy lets no page load it, so it comes by the way of the developer's tools.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
  const { violations } = await page.evaluate((runOnly) => {
    const options = { runOnly, resultTypes: ['violations'], elementRef: false };
    return window.axe.run(document, options);
  }, rules ? { type: 'rule', values: rules } : tags);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary} — ${node.html}`));
}
