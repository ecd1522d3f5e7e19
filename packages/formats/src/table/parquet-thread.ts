import { parentPort, workerData } from 'node:worker_threads'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'

/** Unpacks parts of one Parquet file, in a thread that can be ended: a hostile file takes time or memory without end. */
const { file } = workerData as { readonly file: ArrayBuffer }
const metadata = parquetMetadata(file)

parentPort?.on('message', ({ rowStart, rowEnd }: { readonly rowStart: number; readonly rowEnd: number }) => {
  void parquetReadObjects({ file, metadata, compressors, rowStart, rowEnd }).then(
    (rows) => parentPort?.postMessage({ rows }),
    (error: unknown) =>
      parentPort?.postMessage({ fault: error instanceof Error ? error.message : String(error) }),
  )
})
