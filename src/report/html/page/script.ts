import { HeatMap } from './heat-map.ts';

// What the page runs: large maps are made when they come near the window, and links to entries lead into them.

/** Maps of so few characters are made at once, that nothing moves below the reader. */
const SMALL = 300_000;

const maps = new Map<string, HeatMap>();

function mapOf(element: HTMLElement): HeatMap {
  const id = element.dataset.map ?? '';
  const map = maps.get(id) ?? new HeatMap(element);
  maps.set(id, map);
  return map;
}

const observer = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      mapOf(target as HTMLElement);
    }
  },
  { rootMargin: '800px' },
);
// Each report tells the keys; to a reader every map tells them.
document.querySelector('.keys')?.setAttribute('id', 'keys');

const elements = [...document.querySelectorAll<HTMLElement>('[data-map]')];
const size = elements.reduce((sum, { textContent }) => sum + textContent.length, 0);
for (const element of elements)
  if (size < SMALL) mapOf(element);
  else observer.observe(element);

document.addEventListener('click', (event) => {
  const link = (event.target as Element).closest<HTMLAnchorElement>('a[data-entry]');
  const element = link && document.querySelector<HTMLElement>(`${link.hash} [data-map]`);
  if (!element) return;
  event.preventDefault();
  mapOf(element).goToEntry(Number(link.dataset.entry));
});
