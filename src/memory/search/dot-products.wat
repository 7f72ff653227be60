;; Dot products of a vector with each of some rows, eight numbers at a time. Addresses and lengths are in bytes.
(module
  (memory (export "memory") 4)

  ;; Rows of 16-bit numbers, one after the other from `row` on, each of `width` bytes, a multiple of 16; a vector that is as long; one
  ;; 64-bit float for each of `count` rows, at least one. Each of four sums has to fit 32 bits.
  (func (export "multiply")
    (param $row i32) (param $count i32) (param $width i32) (param $vector i32) (param $product i32)
    (local $productsEnd i32) (local $rowEnd i32) (local $at i32) (local $sums v128)
    (local.set $productsEnd (i32.add (local.get $product) (i32.shl (local.get $count) (i32.const 3))))
    (loop $rows
      (local.set $sums (v128.const i32x4 0 0 0 0))
      (local.set $at (local.get $vector))
      (local.set $rowEnd (i32.add (local.get $row) (local.get $width)))
      (loop $parts
        (local.set $sums
          (i32x4.add
            (local.get $sums)
            (i32x4.dot_i16x8_s (v128.load (local.get $row)) (v128.load (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (local.set $row (i32.add (local.get $row) (i32.const 16)))
        (br_if $parts (i32.lt_u (local.get $row) (local.get $rowEnd))))
      (f64.store (local.get $product)
        (f64.add
          (f64.add
            (f64.convert_i32_s (i32x4.extract_lane 0 (local.get $sums)))
            (f64.convert_i32_s (i32x4.extract_lane 1 (local.get $sums))))
          (f64.add
            (f64.convert_i32_s (i32x4.extract_lane 2 (local.get $sums)))
            (f64.convert_i32_s (i32x4.extract_lane 3 (local.get $sums))))))
      (local.set $product (i32.add (local.get $product) (i32.const 8)))
      (br_if $rows (i32.lt_u (local.get $product) (local.get $productsEnd))))))
