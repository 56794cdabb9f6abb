// node build.js: bundles main.js into dist/main.js. A warning is printed, and makes the build a failed one.
import { join } from 'node:path'
import webpack from 'webpack'

const compiler = webpack({
  mode: 'production',
  entry: './main.js',
  output: { path: join(import.meta.dirname, 'dist') },
  plugins: [new webpack.EnvironmentPlugin(['LIVE_URL'])],
  // What an app weighs is for the size budget to say.
  performance: { hints: false },
})
compiler.run((error, stats) => {
  if (error) throw error
  if (stats.hasErrors() || stats.hasWarnings()) {
    console.error(stats.toString('errors-warnings'))
    process.exitCode = 1
  }
})
