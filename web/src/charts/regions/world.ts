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

/** Equal Earth, filling `width`. */
export function drawIn(width: number, shapes: Shapes): Drawn {
  const all: GeoPermissibleObjects = { type: 'FeatureCollection', features: shapes.countries.map((each) => each.shape) };
  const projection = geoEqualEarth().fitWidth(width - 2, all);
  const bounds = geoPath(projection).bounds(all);
  const [x, y] = projection.translate();
  projection.translate([x + 1, y - bounds[0][1] + 1]).precision(0.5);
  const path = geoPath(projection).digits(1);
  return {
    height: Math.ceil(bounds[1][1] - bounds[0][1] + 2),
    projection,
    path: (shape) => path(shape) ?? '',
    middle: ({ geometry }) => path.centroid(largest(geometry, (part) => path.area(part))),
  };
}

function largest(geometry: Geometry, area: (part: Geometry) => number): Geometry {
  if (geometry.type !== 'MultiPolygon') {
    return geometry;
  }
  const parts = geometry.coordinates.map((coordinates): Geometry => ({ type: 'Polygon', coordinates }));
  return parts.reduce((best, part) => (area(part) > area(best) ? part : best));
}
