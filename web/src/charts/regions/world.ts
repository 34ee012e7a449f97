// The shapes of the world: Natural Earth 1:110m as world-atlas packs it, read when a map is near the window, drawn in
// Equal Earth. Centred on 11° E no country crosses the edge, so nothing has to be cut: of d3-geo the formula is enough,
// and the page stays small.
import { geoEqualEarthRaw } from 'd3-geo';
import type { Feature, Geometry, MultiLineString, Position } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import address from 'world-atlas/countries-110m.json?url';
import { codeOf } from './iso';

type World = Topology<{ countries: GeometryCollection<{ name: string }> }>;
type Point = [number, number];

export interface Country {
  code: string | undefined; // ISO 3166-1 alpha-3
  name: string;
  shape: Feature<Geometry>;
}

export interface Shapes {
  countries: Country[];
  coast: MultiLineString;
  borders: MultiLineString;
}

let shapes: Promise<Shapes> | undefined;

/** Without Antarctica. */
export function readShapes(): Promise<Shapes> {
  shapes ??= fetch(address)
    .then((answer) => {
      if (!answer.ok) {
        throw new Error(`the map could not be read: ${answer.status}`);
      }
      return answer.json() as Promise<World>;
    })
    .then(shapesOf)
    .catch((cause: unknown) => {
      shapes = undefined; // the next map tries again
      throw cause;
    });
  return shapes;
}

export function shapesOf(world: World): Shapes {
  const { countries } = world.objects;
  const seen = { ...countries, geometries: countries.geometries.filter((each) => each.id !== '010') };
  return {
    countries: feature(world, seen).features.map((shape) => ({
      code: codeOf(shape.id === undefined ? undefined : String(shape.id), shape.properties.name),
      name: shape.properties.name,
      shape,
    })),
    coast: mesh(world, seen, (a, b) => a === b),
    borders: mesh(world, seen, (a, b) => a !== b),
  };
}

export interface Drawn {
  height: number;
  /** Where a place lies, in px. */
  at: (longitude: number, latitude: number) => Point;
  path: (shape: Geometry) => string;
  /** Middle of the largest part: that of France lies in Europe. */
  middle: (shape: Geometry) => Point;
}

const middleLongitude = 11;
/** Ends of the land that is drawn, in degrees: Greenland and Tierra del Fuego. */
const north = 83.7;
const south = -55.7;

const radians = (degrees: number) => (degrees * Math.PI) / 180;
/** Longitude from the middle, -180 to 180. */
const aside = (longitude: number) => ((((longitude - middleLongitude + 180) % 360) + 360) % 360) - 180;

/** A line without jumps from one edge of the map to the other; on the side where most of it is. */
export function unbroken(line: readonly Position[]): Point[] {
  let last = 0;
  const out = line.map(([longitude = 0, latitude = 0], i): Point => {
    let x = aside(longitude);
    if (i > 0) {
      x += 360 * Math.round((last - x) / 360);
    }
    last = x;
    return [x, latitude];
  });
  const mean = out.reduce((sum, [x]) => sum + x, 0) / out.length;
  const shift = 360 * Math.round(mean / 360);
  return shift === 0 ? out : out.map(([x, latitude]) => [x - shift, latitude]);
}

function linesOf(shape: Geometry): Position[][] {
  switch (shape.type) {
    case 'Polygon':
    case 'MultiLineString':
      return shape.coordinates;
    case 'MultiPolygon':
      return shape.coordinates.flat();
    default:
      return [];
  }
}

/** Equal Earth, filling `width` from one end of the equator to the other. */
export function drawIn(width: number): Drawn {
  const raw = (x: number, latitude: number) => geoEqualEarthRaw(radians(x), radians(latitude));
  const scale = (width - 2) / (2 * raw(180, 0)[0]);
  const [top, bottom] = [raw(0, north)[1] * scale, raw(0, south)[1] * scale];
  const place = ([x, latitude]: Point): Point => {
    const [px, py] = raw(x, latitude);
    return [width / 2 + px * scale, 1 + top - py * scale];
  };
  const written = (line: Position[], closed: boolean) =>
    'M' + unbroken(line).map((point) => place(point).map((n) => Math.round(n * 10) / 10)).join('L') + (closed ? 'Z' : '');
  return {
    height: Math.ceil(top - bottom + 2),
    at: (longitude, latitude) => place([aside(longitude), latitude]),
    path: (shape) => linesOf(shape).map((line) => written(line, shape.type !== 'MultiLineString')).join(''),
    middle: (shape) => centroid(largest(shape).map(place)),
  };
}

// The ring with the longest coast: cheap, and right for a mark that stands in for a whole country.
function largest(shape: Geometry): Point[] {
  return unbroken(linesOf(shape).reduce((best, line) => (line.length > best.length ? line : best), []));
}

// Of the area that a ring encloses.
function centroid(ring: Point[]): Point {
  let [area, x, y] = [0, 0, 0];
  ring.forEach(([x1, y1], i) => {
    const [x2, y2] = ring[(i + 1) % ring.length] ?? [x1, y1];
    const cross = x1 * y2 - x2 * y1;
    area += cross;
    x += (x1 + x2) * cross;
    y += (y1 + y2) * cross;
  });
  return area === 0 ? (ring[0] ?? [0, 0]) : [x / (3 * area), y / (3 * area)];
}
