// Pictograms: 32 grid, strokes of 1.75 with round ends, no fill. One path each.
export type IconName =
  | 'car' | 'plane' | 'train' | 'phone' | 'bulb' | 'screen' | 'house' | 'cup' | 'burger' | 'can' | 'person' | 'seedling';

export const icons: Record<IconName, string> = {
  // low side view, one window bar, two wheels
  car: 'M3 21v-4.5c0-1.2.8-2 2-2.3L9 13l3.2-3.6c.6-.6 1.3-.9 2.1-.9H20c.9 0 1.8.4 2.4 1.1L25.5 13l1.7.5c1.1.3 1.8 1.2 1.8 2.3V20c0 .6-.4 1-1 1h-1.5M20.5 21h-9M6.5 21H3M9.5 13.2h15.5M17 8.6v4.6M6.5 21a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M20.5 21a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0',
  // from above, nose right, swept wings
  plane: 'M29 16c0-1.3-1.6-2.2-3.5-2.2H19L12 4H9l3.2 9.8H7.2L4.6 10.5H2.5L4 16l-1.5 5.5h2.1l2.6-3.3h5L9 28h3l7-9.8h6.5c1.9 0 3.5-.9 3.5-2.2z',
  // slanted nose, two windows, rail line
  train: 'M3 8h15.5c2.2 0 4.2 1 5.6 2.7l4 5.1c1.9 2.5.2 6.2-3 6.2H3M3 15.5h7.5v-3.7H3M14 11.8h4.2c1 0 2 .5 2.6 1.3l1.8 2.4H14zM2.5 26.5h27M8 22v4.5M16 22v4.5M24 22v4.5',
  // tall rounded box, bolt inside
  phone: 'M11 3h10a2.5 2.5 0 0 1 2.5 2.5v21A2.5 2.5 0 0 1 21 29H11a2.5 2.5 0 0 1-2.5-2.5v-21A2.5 2.5 0 0 1 11 3zM17 9.5l-4 7h6l-4 7',
  // circle on a screw base, three rays
  bulb: 'M12.5 22.5v-1.6c-2.1-1.2-3.5-3.4-3.5-6a7 7 0 0 1 14 0c0 2.6-1.4 4.8-3.5 6v1.6zM13 26h6M14.2 29h3.6M16 2v2.5M5 5.5l1.8 1.8M27 5.5l-1.8 1.8',
  // wide box on a foot, play triangle
  screen: 'M4.5 5.5h23a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5h-23A1.5 1.5 0 0 1 3 21V7a1.5 1.5 0 0 1 1.5-1.5zM16 22.5V27M10.5 27h11M13.5 10v8l6.5-4z',
  // gable with a bolt in it
  house: 'M3 15.5L16 4l13 11.5M6 13v14.5h20V13M17 13l-3.5 5.5h5L15 24',
  // bowl, handle, two waves of steam
  cup: 'M5 14h18v5.5a7 7 0 0 1-7 7h-4a7 7 0 0 1-7-7zM23 16h2a3.2 3.2 0 0 1 0 6.5h-2.7M11 10.5c-1.5-2 1.5-3 0-5.5M17 10.5c-1.5-2 1.5-3 0-5.5M4 29h20',
  // bun, wavy leaf, bun, three seeds
  burger: 'M4 13.5C4 8.8 9 5.5 16 5.5s12 3.3 12 8zM3.5 18c2.1 0 2.1 2 4.2 2s2.1-2 4.2-2 2.1 2 4.1 2 2.1-2 4.2-2 2.1 2 4.2 2 2.1-2 4.1-2M4 23.5h24v.5a3.5 3.5 0 0 1-3.5 3.5h-17A3.5 3.5 0 0 1 4 24zM11 10.2h.01M16 9h.01M21 10.2h.01',
  // jerrycan with X and spout
  can: 'M7 10.5L10.5 7H21a3 3 0 0 1 3 3v16.5a2 2 0 0 1-2 2H9a2 2 0 0 1-2-2zM12.5 7V4.5h7V7M21.5 5l4.5-2M11.5 14l8 10M19.5 14l-8 10',
  // head and shoulders
  person: 'M16 15.5a5.5 5.5 0 1 0 0-11a5.5 5.5 0 1 0 0 11zM5 28c0-5 4.9-8.5 11-8.5S27 23 27 28',
  // two leaves on soil
  seedling: 'M16 26V14M16 18c0-5-3.5-8-10-8 0 5.5 3.8 8.5 10 8zM16 14c0-5 3.5-9 10.5-9 .3 6-4 9.5-10.5 9zM4 26.5c3-1.5 7-1.5 12-.5 4 .8 8 1 12 .5',
};

const byWord: [RegExp, IconName][] = [
  [/^(electric_)?car_/, 'car'],
  [/^flight_/, 'plane'],
  [/^(tgv|train)_/, 'train'],
  [/^(phone|smartphone)/, 'phone'],
  [/^led_bulb/, 'bulb'],
  [/home_/, 'house'],
  [/^coffee/, 'cup'],
  [/_meal$|burger/, 'burger'],
  [/petrol|barrel|coal|gasoline/, 'can'],
  [/(human|resident|citizen|american)_/, 'person'],
  [/^tree/, 'seedling'],
];

/** The picture for a likeness of data/equivalences.csv; a screen for what happens on one. */
export function iconOf(key: string): IconName {
  return byWord.find(([pattern]) => pattern.test(key))?.[1] ?? 'screen';
}
