// The surface of a volume at a level, drawn by WebGL 2: a ray for each pixel, stopped where the level is crossed.
const CORNERS = `#version 300 es
void main() { gl_Position = vec4(vec2[3](vec2(-1, -1), vec2(3, -1), vec2(-1, 3))[gl_VertexID], 0, 1); }`

const RAYS = `#version 300 es
precision highp float;
precision highp sampler3D;
uniform sampler3D density;
uniform mat3 turned;
uniform vec2 screen;
uniform float level, zoom, size;
uniform vec3 ink;
out vec4 colour;
float at(vec3 p) { return texture(density, p).r; }
void main() {
  vec2 seen = (gl_FragCoord.xy - 0.5 * screen) / (min(screen.x, screen.y) * zoom);
  vec3 away = -turned[2];
  vec3 start = vec3(0.5) + turned * vec3(seen, 0.0) - away;
  vec3 inverse = 1.0 / (away + vec3(equal(away, vec3(0.0))) * 1e-6);
  vec3 one = -start * inverse, other = (1.0 - start) * inverse;
  vec3 first = min(one, other), last = max(one, other);
  float near = max(max(first.x, first.y), max(first.z, 0.0)), far = min(min(last.x, last.y), last.z);
  if (near >= far) discard;
  float pace = 0.6 / size, step = near;
  bool met = false;
  for (int n = 0; n < 400 && step < far; n++, step += pace) {
    if (at(start + away * step) >= level) { met = true; break; }
  }
  if (!met) discard;
  float low = max(near, step - pace), high = step;
  for (int n = 0; n < 6; n++) {
    float middle = 0.5 * (low + high);
    if (at(start + away * middle) >= level) high = middle; else low = middle;
  }
  vec3 p = start + away * high;
  vec2 d = vec2(1.2 / size, 0.0);
  vec3 slope = vec3(at(p - d.xyy) - at(p + d.xyy), at(p - d.yxy) - at(p + d.yxy), at(p - d.yyx) - at(p + d.yyx));
  vec3 normal = length(slope) > 1e-5 ? normalize(slope) : -away;
  float lit = max(dot(normal, normalize(turned * vec3(-0.45, 0.6, 1.0))), 0.0);
  float facing = max(dot(normal, -away), 0.0);
  float depth = 1.0 - 0.35 * clamp(high - 0.5, 0.0, 1.0);
  vec3 shade = ink * (0.28 + 0.72 * lit) * depth + 0.14 * pow(facing, 24.0);
  colour = vec4(shade, 1.0);
}`

const INK = { light: [0.72, 0.77, 0.86], dark: [0.8, 0.84, 0.9] }
const SLOW_MS = 60

export class Surface {
  static CannotDraw = class extends Error {}

  /** `bytes` is a cube of `size` points an edge, x fastest; raises `CannotDraw` where the browser has no WebGL 2. */
  constructor(canvas, bytes, size) {
    const gl = canvas.getContext("webgl2", { antialias: false, premultipliedAlpha: true })
    if (!gl) throw new Surface.CannotDraw()
    Object.assign(this, { canvas, gl, size, fine: 1 })
    this.counts = new Uint32Array(256)
    for (const value of bytes) this.counts[value]++
    const made = gl.createProgram()
    for (const [kind, text] of [[gl.VERTEX_SHADER, CORNERS], [gl.FRAGMENT_SHADER, RAYS]]) {
      const shader = gl.createShader(kind)
      gl.shaderSource(shader, text)
      gl.compileShader(shader)
      gl.attachShader(made, shader)
    }
    gl.linkProgram(made)
    if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Surface.CannotDraw(gl.getProgramInfoLog(made))
    gl.useProgram(made)
    this.place = Object.fromEntries(["turned", "screen", "level", "zoom", "size", "ink"].map((name) => [name, gl.getUniformLocation(made, name)]))
    gl.bindTexture(gl.TEXTURE_3D, gl.createTexture())
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1)
    gl.texImage3D(gl.TEXTURE_3D, 0, gl.R8, size, size, size, 0, gl.RED, gl.UNSIGNED_BYTE, bytes)
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T, gl.TEXTURE_WRAP_R]) gl.texParameteri(gl.TEXTURE_3D, side, gl.CLAMP_TO_EDGE)
    for (const which of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_3D, which, gl.LINEAR)
  }

  /** Pixels of the page that the cube's edge is seen in. */
  get across() {
    return Math.max(1, Math.min(this.canvas.clientWidth, this.canvas.clientHeight))
  }

  /** Draw at the next frame; where frames are slow, in fewer pixels until the hand rests. */
  draw(pose, level) {
    this.asked = [pose, level]
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined
      const started = performance.now()
      this.paint(...this.asked, this.fine)
      this.gl.finish()
      if (performance.now() - started > SLOW_MS && this.fine > 0.4) this.fine /= 1.5
      clearTimeout(this.rest)
      if (this.fine < 1) this.rest = setTimeout(() => this.paint(...this.asked, 1), 250)
    })
  }

  paint(pose, level, fine) {
    const { canvas, gl, place } = this
    const share = Math.min(devicePixelRatio, 2) * fine
    const [width, height] = [canvas.clientWidth, canvas.clientHeight].map((edge) => Math.max(1, Math.round(edge * share)))
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    const dark = document.documentElement.dataset.bsTheme === "dark"
    gl.viewport(0, 0, width, height)
    gl.clearColor(0, 0, 0, 0)
    gl.clear(gl.COLOR_BUFFER_BIT)
    gl.uniformMatrix3fv(place.turned, false, pose.turned) // its columns are the rows of the pose
    gl.uniform2f(place.screen, width, height)
    gl.uniform1f(place.level, level)
    gl.uniform1f(place.zoom, pose.zoom)
    gl.uniform1f(place.size, this.size)
    gl.uniform3fv(place.ink, dark ? INK.dark : INK.light)
    gl.drawArrays(gl.TRIANGLES, 0, 3)
  }

  /** Offer what is seen as a PNG. */
  save(name) {
    this.paint(...this.asked, 1)
    this.canvas.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name })
      link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 1000)
    })
  }
}
