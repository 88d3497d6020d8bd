//! The order of a Java `HashMap`, in which openapi-diff lists the variants of a union.

/// The positions of the keys in the order in which a Java `HashMap<String, …>` that got them in this order iterates.
pub(super) fn order(keys: &[&str]) -> Vec<usize> {
    let mut buckets = 16_usize;
    while keys.len() * 4 > buckets * 3 {
        buckets *= 2;
    }
    let mut positions: Vec<usize> = (0..keys.len()).collect();
    // Within a bucket, keys stay in the order in which they came: the sort is stable.
    positions.sort_by_key(|position| bucket(keys[*position], buckets));
    positions
}

fn bucket(key: &str, buckets: usize) -> usize {
    let hash = key.encode_utf16().fold(0_u32, |hash, unit| hash.wrapping_mul(31).wrapping_add(u32::from(unit)));
    (hash ^ (hash >> 16)) as usize & (buckets - 1)
}

#[cfg(test)]
mod tests {
    use super::order;

    #[test]
    fn iterates_as_java_does() {
        // Hashes 97, 98 and 3105: buckets 1, 2 and 1.
        assert_eq!(order(&["b", "a", "aB"]), [1, 0, 2].map(|i| i));
        assert_eq!(order(&[]), [] as [usize; 0]);
        let many: Vec<String> = (0..13).map(|n| n.to_string()).collect();
        let keys: Vec<&str> = many.iter().map(String::as_str).collect();
        // "0" is 48, which is bucket 16 of 32; "10" is 1567, bucket 31.
        assert_eq!(order(&keys), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map(|i| [11, 12, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10][i]));
    }
}
