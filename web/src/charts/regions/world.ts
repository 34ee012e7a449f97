// The shapes of the world: Natural Earth 1:110m as world-atlas packs it, read when a map is near the window.
import { geoEqualEarth, geoPath, type GeoPermissibleObjects, type GeoProjection } from 'd3-geo';
import type { Feature, Geometry, MultiLineString } from 'geojson';
import { feature, mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import address from 'world-atlas/countries-110m.json?url';
import { codeOf } from './iso';

type World = Topology<{ countries: GeometryCollection<{ name: string }> }>;

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

function shapesOf(world: World): Shapes {
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
  projection: GeoProjection;
  path: (shape: GeoPermissibleObjects) => string;
  /** Middle of the largest part: that of France lies in Europe. */
  middle: (shape: Feature<Geometry>) => [number, number];
}

/** Ends of the land that is drawn, in degrees: Greenland and Tierra del Fuego. */
const north = 83.7;
const south = -55.7;

/** Equal Earth, filling `width` from one end of the equator to the other. */
export function drawIn(width: number): Drawn {
  const projection = geoEqualEarth().scale(1).translate([0, 0]);
  const at = (longitude: number, latitude: number) => projection([longitude, latitude]) ?? [0, 0];
  const scale = (width - 2) / (2 * at(180, 0)[0]);
  const [top, bottom] = [at(0, north)[1] * scale, at(0, south)[1] * scale];
  projection.scale(scale).translate([width / 2, 1 - top]).precision(0.5);
  const path = geoPath(projection).digits(1);
  return {
    height: Math.ceil(bottom - top + 2),
    projection,
    path: (shape) => path(shape) ?? '',
    middle: ({ geometry }) => path.centroid(largest(geometry)),
  };
}

// The part with the longest coast: cheap, and right for a mark that stands in for a whole country.
function largest(geometry: Geometry): Geometry {
  if (geometry.type !== 'MultiPolygon') {
    return geometry;
  }
  const [first = [], ...others] = geometry.coordinates;
  const best = others.reduce((longest, part) => ((part[0]?.length ?? 0) > (longest[0]?.length ?? 0) ? part : longest), first);
  return { type: 'Polygon', coordinates: best };
}
